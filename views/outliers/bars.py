"""A titled bar chart of a `BarsFrame`."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from views.figures import Callout, short
from views.frames.outliers import BarsFrame
from views.outliers.plot_tools import PlotTools
from views.plots import BarPlot
from views.theme import Theme
from views.widgets import ElidedLabel

_LABELLED = 4


class TitledBars(QWidget):
    """Logarithmic bars under a line that says what they are, or what the pointer is on."""

    def __init__(self, theme: Theme, key: str, name: str, unit: str) -> None:
        super().__init__()
        self._unit = unit
        self._frame = BarsFrame()
        self._title = ElidedLabel("muted")
        self._plot = BarPlot(theme, name, f"{name}; wheel or drag to zoom, double-click to see all", log=True)
        self._plot.setMinimumHeight(70)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(PlotTools(key, name, self._plot))
        column.addLayout(head)
        column.addWidget(self._plot, 1)
        self._plot.hovered.connect(self._read)

    def set_frame(self, frame: BarsFrame) -> None:
        self._frame = frame
        self._title.set_text(frame.title)
        if len(frame.values):
            self._plot.set_bars(frame.values, frame.low, frame.high)
        self._plot.set_line(frame.line, frame.line_text)
        self._plot.set_callouts([Callout(index, text) for index, text in frame.marked[:_LABELLED]])

    def title(self) -> str:
        return self._title.whole_text()

    def _read(self, index: int) -> None:
        if 0 <= index < len(self._frame.values):
            self._title.set_text(f"{self._unit} {index:,} · {short(float(self._frame.values[index]))}")
        else:
            self._title.set_text(self._frame.title)
