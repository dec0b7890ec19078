"""How long the window keeps a person waiting: `python -m tests.app.heartbeat [TOKENS]`.

Prints, as JSON, the longest gap between ticks of a 5 ms timer on the window's thread while the demo answers
with live probes, the times from the start of the process to the window and to the first text, and the
longest time from Stop to a chat that is ready again.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.collector import Collector
from app.library import DEMO
from app.messages import ModelWish
from app.prompts import sample_prompts
from app.start import begin
from gpu.sampling import Sampling

if TYPE_CHECKING:
    from tests.app.session import Session

TICK_MS = 5


class Heartbeat:
    """Gaps between ticks, in ms, while `running`."""

    def __init__(self) -> None:
        self.gaps_ms: list[float] = []
        self._last_s = 0.0
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last_s = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._tick()
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last_s) * 1000)
        self._last_s = now


def main(tokens: int) -> None:
    engine = begin(ModelWish(DEMO))
    from tests.app.session import Session  # noqa: PLC0415 - as the program does: the engine first

    collector = Collector()
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        session = Session(app, Path(folder), engine=engine)
        session.gui.model.loading_changed.connect(collector.set_loading)
        session.gui.window.show()
        session.gui.window.repaint()
        figures = {"window_visible_s": since_start_s()}
        session.open()
        figures["model_loaded_s"] = since_start_s()
        figures |= answer(session, tokens)
        figures["longest_stop_ms"] = max(stop(session) for _ in range(5))
        session.close()
    print(json.dumps(figures, indent=2))


def answer(session: Session, tokens: int) -> dict[str, float]:
    """Ask until enough tokens have come."""
    if session.facts is None:
        return {}
    heart, done, first_s = Heartbeat(), 0, 0.0
    questions = sample_prompts(session.facts)
    while done < tokens:
        session.ask(questions[done % len(questions)])
        heart.start()
        session.wait(lambda: bool(session.gui.chat.path[-1].text))
        first_s = first_s or since_start_s()
        exchange = session.wait_for_answer()
        heart.stop()
        done += int(exchange.note.partition(" ")[0].replace(",", ""))
    gaps = np.array(heart.gaps_ms)
    return {
        "first_answer_text_s": first_s,
        "tokens": done,
        "longest_gap_ms": round(float(gaps.max()), 1),
        "99th_percentile_gap_ms": round(float(np.percentile(gaps, 99)), 1),
        "gaps_above_50_ms": int((gaps > 50).sum()),
    }


def stop(session: Session) -> float:
    """From Escape to a chat that is ready again, during an answer that would go on for ever, in ms."""
    session.gui.chat.new_chat()
    # With this seed it ends with the context; others may draw the end of the answer before it is stopped.
    session.gui.chat.set_sampling(Sampling(temperature=100.0, top_k=0, top_p=1.0, seed=5))
    session.ask("Go on for ever")
    session.wait(lambda: len(session.gui.chat.path[-1].text) > 50)
    started = time.perf_counter()
    session.gui.chat.stop()
    session.wait_for_answer()
    return round((time.perf_counter() - started) * 1000, 1)


def since_start_s() -> float:
    """Seconds since this process was started (Linux)."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return round(uptime - ticks / os.sysconf("SC_CLK_TCK"), 2)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
