"""Pictures of the window for the README: `python -m tests.app.screenshot FOLDER`.

The demo is asked a question; the chat, an answer with everything it can format and the other workspaces are
pictured in light and dark, at twice the pixels. Needs no display.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox

from gpu.sampling import Sampling
from tests.app.session import Session
from views.frames import ChatFrame, MessageFrame

QUESTION = "Why do 4-bit activations break a model?"
SIZE = (1280, 720)
TALL = 900
FORMATS = """\
## One scale, one block

Symmetric rounding keeps $q_i = \\operatorname{round}(x_i / s)$ with the scale

$$s = \\frac{\\max_i |x_i|}{2^{b-1} - 1}, \\qquad
\\mathrm{SQNR} = 10 \\log_{10} \\frac{\\sum x_i^2}{\\sum (x_i - s q_i)^2}$$

| format | levels | field of 1, giant of 100 |
|:-------|-------:|:-------------------------|
| int8   | 255    | 2 or 3 levels left       |
| int4   | 15     | **none**                 |

```python
def quantize(x: np.ndarray, bits: int = 4) -> tuple[np.ndarray, float]:
    scale = abs(x).max() / (2 ** (bits - 1) - 1)  # the giant decides
    return (x / scale).round(), scale
```

- [x] weights survive
- [ ] activations do not
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scheme", choices=["light", "dark"], help="only one, in this process")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.scheme:
        take(arguments.folder, arguments.scheme)
    else:
        for scheme in ("light", "dark"):
            run_again(arguments.folder, scheme)


def run_again(folder: Path, scheme: str) -> None:
    """Qt reads the platform and the scale from the environment when it starts."""
    environment = {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2", **os.environ}
    command = [sys.executable, "-m", __spec__.name, str(folder), "--scheme", scheme]
    subprocess.run(command, env=environment, check=True)


def take(folder: Path, scheme: str) -> None:
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as directory:
        session = Session(app, Path(directory), Qt.ColorScheme[scheme.capitalize()])
        try:
            picture(session, folder, scheme)
        finally:
            session.close()


def picture(session: Session, folder: Path, scheme: str) -> None:
    window = session.gui.window
    session.gui.chat.set_sampling(Sampling(temperature=0.0))
    window.resize(*SIZE)
    session.open()
    session.ask(QUESTION)
    session.wait_for_answer()
    session.settle()
    window.grab().save(str(folder / f"window-{scheme}.png"))
    for name, visit in (("blocks", see_blocks), ("vram", see_vram), ("outliers", see_outliers)):
        visit(session)
        window.grab().save(str(folder / f"{name}-{scheme}.png"))
    window.show_workspace("chat")
    window.resize(SIZE[0], TALL)
    window.panels.chat.set_chat(formatted())
    session.settle()
    window.panels.chat.grab().save(str(folder / f"chat-{scheme}.png"))


def see_blocks(session: Session) -> None:
    """The tensor it chose itself, and every tensor in the list."""
    microscope = session.gui.pages.microscope
    session.gui.window.show_workspace("microscope")
    session.settle()
    session.wait(lambda: microscope.is_settled)
    press(session, "Measure every tensor")
    session.wait(lambda: microscope.is_settled)
    session.settle()


def see_vram(session: Session) -> None:
    """A released model on a card that is not here."""
    session.gui.window.show_workspace("calculator")
    session.settle()
    pick(session, "Model", "Qwen3-8B")
    pick(session, "Card", "RTX 4060 ·")
    session.settle(2500)


def see_outliers(session: Session) -> None:
    """The built-in prompts captured."""
    session.gui.window.show_workspace("outliers")
    session.settle()
    press(session, "Capture")
    session.wait(lambda: session.gui.engine.is_idle)
    session.settle(1500)


def press(session: Session, text: str) -> None:
    (button,) = (one for one in session.gui.window.findChildren(QAbstractButton) if one.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def pick(session: Session, name: str, text: str) -> None:
    """Choose the entry of a list with a text in it."""
    (box,) = (
        one
        for one in session.gui.window.findChildren(QComboBox)
        if one.accessibleName() == name and one.isVisible()
    )
    place = next(at for at in range(box.count()) if text in box.itemText(at))
    box.setCurrentIndex(place)
    box.activated.emit(place)


def formatted() -> ChatFrame:
    """An answer with one of everything."""
    question = MessageFrame("user", "What does one outlier do to its block?", key=1)
    answer = MessageFrame(
        "assistant",
        FORMATS,
        reasoning="The scale is shared.",
        reasoning_ms=3400,
        note="214 tokens · 31.4 tok/s",
        key=2,
        sibling=2,
        sibling_count=2,
    )
    return ChatFrame((question, answer), can_change=True)


if __name__ == "__main__":
    main()
