"""How long the chat keeps a person waiting: `python -m tests.views.scroll`.

Prints, as JSON, the longest blocks of the window's thread for a conversation of 50 turns and for one answer
of 32,000 tokens (4 characters each): while the last answer streams in, and while the transcript is scrolled
from its end to its beginning and back, a third of a window a frame.
"""

from __future__ import annotations

import gc
import json
import os
import time

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from tests.app.heartbeat import Heartbeat
from tests.views.samples import ANSWER
from views.chat import ChatPanel
from views.chat.transcript import Transcript
from views.frames import ChatFrame, MessageFrame
from views.theme import Theme

TOKENS, CHARACTERS_PER_TOKEN = 32_000, 4
TURNS = 50
STREAM_STEP = 60  # characters: 15 tokens in 100 ms, 150 tokens a second
STEP_MS, FRAME_MS = 100, 16
STREAMED = 6_000  # characters that arrive while it is watched
PASSAGE = (
    ANSWER
    + """

| scheme | bits | perplexity |
|---|---:|---:|
| W4A8 | 4.5 | 4.62 |
| W8A8 | 8.5 | 4.45 |

The scale is $s = \\max|x| / 7$, so the others keep

$$q_i = \\operatorname{round}(x_i / s), \\qquad |q_i| \\le 7$$

1. Measure the channel.
2. Give it a block of *its own*.
3. Measure [again](https://example.org).

"""
)


def wait(duration_ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(duration_ms, loop, loop.quit)
    loop.exec()


def passages(characters: int) -> str:
    """Markdown of every kind; no two passages are alike."""
    count = characters // len(PASSAGE) + 1
    return "".join(f"## Part {number}\n\n{PASSAGE}" for number in range(count))[:characters]


def conversation(turns: int, text: str, last: str, state: str) -> ChatFrame:
    messages: list[MessageFrame] = []
    for turn in range(turns):
        messages.append(MessageFrame("user", f"Question {turn}?", key=2 * turn + 1))
        messages.append(MessageFrame("assistant", text, key=2 * turn + 2, note="640 tokens"))
    question = MessageFrame("user", "And the rest?", key=2 * turns + 1)
    return ChatFrame((*messages, question, MessageFrame("assistant", last, key=2 * turns + 2, state=state)))


def stream(panel: ChatPanel, turns: int, text: str, answer: str) -> list[float]:
    """Gaps of the event loop in ms while the end of `answer` arrives."""
    settled = conversation(turns, text, "", "streaming")
    heartbeat = Heartbeat()
    start = max(0, len(answer) - STREAMED)
    panel.set_chat(_with_answer(settled, answer[:start]))
    wait(3_000)
    heartbeat.start()
    for end in range(start, len(answer), STREAM_STEP):
        panel.set_chat(_with_answer(settled, answer[:end]))
        wait(STEP_MS)
    heartbeat.stop()
    return heartbeat.gaps_ms


def _with_answer(frame: ChatFrame, text: str) -> ChatFrame:
    last = frame.messages[-1]
    return ChatFrame((*frame.messages[:-1], MessageFrame("assistant", text, key=last.key, state="streaming")))


def scroll(panel: ChatPanel) -> list[float]:
    """Milliseconds of work of every frame on the way up and down again."""
    bar = panel.findChild(Transcript).verticalScrollBar()
    step = bar.pageStep() // 3
    frames: list[float] = []
    for sign in (-1, 1):
        bar.setValue(bar.maximum() if sign < 0 else 0)
        while bar.value() not in ((bar.minimum(),) if sign < 0 else (bar.maximum(),)):
            before = time.perf_counter()
            bar.setValue(bar.value() + sign * step)
            panel.repaint()
            frames.append((time.perf_counter() - before) * 1000)
            wait(FRAME_MS)
    return frames


def opening(panel: ChatPanel, frame: ChatFrame) -> list[float]:
    """Gaps of the event loop in ms while a long conversation is opened."""
    panel.set_chat(ChatFrame())
    wait(200)
    heartbeat = Heartbeat()
    heartbeat.start()
    panel.set_chat(frame)
    wait(3_000)
    heartbeat.stop()
    return heartbeat.gaps_ms


def summary(values: list[float]) -> dict[str, float]:
    return {
        "longest_ms": round(max(values), 1),
        "p99_ms": round(float(np.percentile(values, 99)), 1),
        "median_ms": round(float(np.median(values)), 1),
    }


def measure(panel: ChatPanel, turns: int, text: str, answer: str) -> dict[str, dict[str, float]]:
    done = conversation(turns, text, answer, "done")
    return {
        "streaming": summary(stream(panel, turns, text, answer)),
        "opening": summary(opening(panel, done)),
        "scrolling": summary(scroll(panel)),
    }


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    gc.freeze()  # as the program does
    app = QApplication([])
    panel = ChatPanel(Theme(app, Qt.ColorScheme.Light))
    panel.resize(900, 720)
    panel.show()
    all_characters = TOKENS * CHARACTERS_PER_TOKEN
    turn = all_characters // TURNS
    results = {
        "50 turns": measure(panel, TURNS - 1, passages(turn), passages(turn)),
        "one answer of 32,000 tokens": measure(panel, 1, "Short.", passages(all_characters)),
    }
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
