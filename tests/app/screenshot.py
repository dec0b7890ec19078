"""A picture of the window after the demo has answered: `python -m tests.app.screenshot OUT.png [--dark]`.

QT_QPA_PLATFORM=offscreen needs no display, QT_SCALE_FACTOR=2 doubles the pixels.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gpu.sampling import Sampling
from tests.app.session import Session

QUESTION = "Why do 4-bit activations break a model?"
SIZE = (1280, 720)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--question", default=QUESTION)
    arguments = parser.parse_args()
    app = QApplication(sys.argv[:1])
    scheme = Qt.ColorScheme.Dark if arguments.dark else Qt.ColorScheme.Light
    with tempfile.TemporaryDirectory() as folder:
        session = Session(app, Path(folder), scheme)
        session.gui.chat.set_sampling(Sampling(temperature=0.0))
        session.gui.window.resize(*SIZE)
        session.open()
        session.ask(arguments.question)
        session.wait_for_answer()
        session.settle()
        session.gui.window.grab().save(str(arguments.out))
        session.close()


if __name__ == "__main__":
    main()
