"""The key of a chart: a swatch and a name for each line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from views.frames.calculator import SeriesFrame
from views.theme import Theme

_SWATCH = 18
_GAP = 14
_HEIGHT = 18


class Key(QWidget):
    """Paints the names of the lines beside a stroke of each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._series: tuple[SeriesFrame, ...] = ()
        self.setFixedHeight(_HEIGHT)
        theme.changed.connect(self.update)

    def set_series(self, series: Sequence[SeriesFrame]) -> None:
        self._series = tuple(series)
        self.setAccessibleName(", ".join(line.label for line in series))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, left = QPainter(self), 2.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for series in self._series:
            style = Qt.PenStyle.DashLine if series.dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(self._theme.colours.purpose(series.colour_key)), 3, style))
            painter.drawLine(QPointF(left, _HEIGHT / 2), QPointF(left + _SWATCH, _HEIGHT / 2))
            width = painter.fontMetrics().horizontalAdvance(series.label)
            painter.setPen(QColor(self._theme.colours.muted))
            text = QRectF(left + _SWATCH + 5, 0, width + 1, _HEIGHT)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, series.label)
            left = text.right() + _GAP
