"""The scale of the damage map's colours, harmless on the left."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from views.figures import short
from views.frames.microscope import MapFrame
from views.microscope.heat import COLOURS, heat_table
from views.theme import Theme
from views.widgets import describe

_STOPS = 16
_BAR_WIDTH, _BAR_HEIGHT = 120, 10


class HeatLegend(QWidget):
    """A bar between two figures."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        describe(self, "Colours of the map", "From harmless to worst; a pixel shows the worst of its blocks")
        self._theme = theme
        self._texts = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_frame(self, frame: MapFrame) -> None:
        ends = (frame.high, frame.low) if frame.worst == "min" else (frame.low, frame.high)
        unit = frame.unit if frame.unit == "%" else f" {frame.unit}"
        self._texts = short(ends[0]), f"{short(ends[1])}{unit}".rstrip()
        metrics = self.fontMetrics()
        width = sum(metrics.horizontalAdvance(text) for text in self._texts) + _BAR_WIDTH + 14
        self.setFixedSize(width, metrics.height() + 4)
        self.setVisible(bool(frame.values.size))
        self.update()

    def texts(self) -> tuple[str, str]:
        """The figures at the harmless and at the bad end."""
        return self._texts

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = self.fontMetrics().horizontalAdvance(self._texts[0]) + 6
        bar = QRectF(left, (self.height() - _BAR_HEIGHT) / 2, _BAR_WIDTH, _BAR_HEIGHT)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        table = heat_table(self._theme)
        for i in range(_STOPS + 1):
            gradient.setColorAt(i / _STOPS, QColor(*(int(c) for c in table[i * (COLOURS - 1) // _STOPS])))
        painter.fillRect(bar, gradient)
        painter.setPen(QColor(self._theme.colours.muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignLeft, self._texts[0])
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignRight, self._texts[1])
