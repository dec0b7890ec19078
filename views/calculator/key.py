"""The key of a chart: a swatch and a name for each line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from views.frames.calculator import SeriesFrame
from views.theme import Theme

_SWATCH = 18
_INNER = 5
_GAP = 14
_LEADING = 4


class Key(QWidget):
    """Paints the names of the lines beside a stroke of each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._series: tuple[SeriesFrame, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def set_series(self, series: Sequence[SeriesFrame]) -> None:
        self._series = tuple(series)
        self.setAccessibleName(", ".join(line.label for line in series))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(200))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._row_height())

    def heightForWidth(self, width: int) -> int:
        bottoms = [place.bottom() for _, place in self.places(width)]
        return round(max(bottoms, default=self._row_height()))

    def places(self, width: int) -> Iterator[tuple[SeriesFrame, QRectF]]:
        """Each line's stroke and name with the rectangle they fill, in as many rows as they need."""
        left, top, height = 2.0, 0.0, self._row_height()
        for series in self._series:
            needed = _SWATCH + _INNER + self.fontMetrics().horizontalAdvance(series.label) + 1
            if left > 2 and left + needed > width:
                left, top = 2.0, top + height
            yield series, QRectF(left, top, needed, height)
            left += needed + _GAP

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for series, place in self.places(self.width()):
            style = Qt.PenStyle.DashLine if series.dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(self._theme.colours.purpose(series.colour_key)), 3, style))
            middle = place.center().y()
            painter.drawLine(QPointF(place.left(), middle), QPointF(place.left() + _SWATCH, middle))
            painter.setPen(QColor(self._theme.colours.muted))
            text = place.adjusted(_SWATCH + _INNER, 0, 0, 0)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, series.label)

    def _row_height(self) -> int:
        return self.fontMetrics().height() + _LEADING
