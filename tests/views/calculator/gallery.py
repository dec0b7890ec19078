"""Pictures of the calculator with made-up frames: `python -m tests.views.calculator.gallery FOLDER`.

Run it again with QT_SCALE_FACTOR=2 for screens of twice the resolution.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.views.calculator import samples
from views.calculator import CalculatorPanel
from views.theme import Theme

PAGES = ("memory", "bytes", "speed", "engines", "truth")
SIZE = (1195, 650)  # what the window of 1280 by 720 leaves


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    theme = Theme(app, Qt.ColorScheme.Light)
    panel = CalculatorPanel(theme)
    panel.resize(*SIZE)
    panel.show()
    scale = os.environ.get("QT_SCALE_FACTOR", "1")
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        theme.override(scheme)
        for short in (False, True):
            for page in PAGES:
                panel.pages.show_page(page)
                samples.fill(panel, short)
                for _ in range(10):
                    app.processEvents()
                name = f"{page}{'-short' if short else ''}-{scheme.name.lower()}-{scale}x.png"
                panel.grab().save(str(folder / name))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
