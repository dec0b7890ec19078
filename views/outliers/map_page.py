"""A map with a line above it that says what it shows and reads what the pointer is on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from views.frames.outliers import HeatFrame
from views.outliers.colour_bar import ColourBar
from views.outliers.heatmap import HeatMap
from views.theme import GAP, Theme
from views.widgets import ElidedLabel


class MapPage(QWidget):
    """`hovered` and `pinned` as the map's; the read-out is set from outside."""

    hovered = Signal(int, int)
    pinned = Signal(int, int)

    def __init__(self, theme: Theme, name: str, tooltip: str) -> None:
        super().__init__()
        self.map = HeatMap(theme, name, tooltip)
        self._bar = ColourBar(theme)
        self._bar.setEnabled(False)
        self._title = ElidedLabel("muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        self.head = QHBoxLayout()
        self.head.addWidget(self._title, 1)
        column.addLayout(self.head)
        column.addWidget(self.map, 1)
        column.addWidget(self._bar)
        self.map.hovered.connect(self.hovered)
        self.map.pinned.connect(self.pinned)

    def set_frame(self, frame: HeatFrame) -> None:
        self.map.set_frame(frame)
        self._bar.set_frame(frame)
        self._bar.setVisible(bool(frame.codes.size))

    def set_readout(self, text: str) -> None:
        self._title.set_text(text)

    def readout(self) -> str:
        return self._title.whole_text()
