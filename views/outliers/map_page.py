"""A map with a line above it that says what it shows and reads what the pointer is on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from views.frames.outliers import HeatFrame
from views.outliers.colour_bar import ColourBar
from views.outliers.heatmap import HeatMap
from views.outliers.plot_tools import PlotTools
from views.theme import GAP, Theme
from views.widgets import ElidedLabel


class MapPage(QWidget):
    """`hovered` and `pinned` as the map's; the read-out is set from outside."""

    hovered = Signal(int, int)
    pinned = Signal(int, int)

    def __init__(self, theme: Theme, key: str, name: str, tooltip: str) -> None:
        super().__init__()
        self.map = HeatMap(theme, name, tooltip)
        self._bar = ColourBar(theme)
        self._bar.setEnabled(False)
        self._title = ElidedLabel("muted")
        plot = column_of(self.map, self._bar)
        self.head = QHBoxLayout()
        self.head.addWidget(self._title, 1)
        self.head.addWidget(PlotTools(key, name, plot))
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addLayout(self.head)
        column.addWidget(plot, 1)
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


def column_of(chart: HeatMap, legend: QWidget) -> QWidget:
    """A map and what its colours mean, as one plot."""
    plot = QWidget()
    column = QVBoxLayout(plot)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GAP)
    column.addWidget(chart, 1)
    column.addWidget(legend)
    return plot
