"""What can be done with a plot: copied as a picture, written as one, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from views.widgets import tool_button

COPY = "copy"
FORMATS = (
    ("png", "Picture (PNG)…"),
    ("svg", "Drawing (SVG)…"),
    ("csv", "Numbers (CSV)…"),
    ("npz", "Numbers (npz)…"),
)


class PlotTools(QWidget):
    """Two buttons beside a plot; `wanted` gives the plot's key, and `COPY` or one of `FORMATS`. `whole` makes
    what is pictured where that is more than what is in view."""

    wanted = Signal(str, str)

    def __init__(
        self, key: str, name: str, plot: QWidget, whole: Callable[[], QWidget] | None = None
    ) -> None:
        super().__init__()
        self.key, self.plot = key, plot
        self.whole = whole if whole is not None else lambda: plot
        copy = tool_button("", f"Copy as a picture: {name}", "inline", "copy")
        files = tool_button("", f"Export: {name}", "inline", "more")
        copy.clicked.connect(lambda: self.wanted.emit(key, COPY))
        menu = QMenu(files)
        for kind, text in FORMATS:
            menu.addAction(text, partial(self.wanted.emit, key, kind))
        files.setMenu(menu)
        files.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (copy, files):
            row.addWidget(button)
