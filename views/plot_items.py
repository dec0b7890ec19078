"""What a bar chart draws: the bars of the range in view, and the labelled ones over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from views.frames.arrays import FloatArray

Keep = Literal["max", "min"]
_PAPER_ALPHA = 190
_GAP = 7


def extremes(values: FloatArray, columns: int, keep: Keep) -> tuple[FloatArray, FloatArray]:
    """At most `columns` bars (position, height) that keep the most extreme value of those they stand for."""
    if len(values) <= columns:
        return np.arange(len(values), dtype=np.float32), values
    starts = np.linspace(0, len(values), columns, endpoint=False).astype(np.intp)
    ends = np.append(starts[1:], len(values))
    reduce = np.maximum if keep == "max" else np.minimum
    return ((starts + ends - 1) / 2).astype(np.float32), reduce.reduceat(values, starts)


def place_labels(
    tips: Sequence[QPointF], widths: Sequence[float], height: float, area: QRectF
) -> list[QRectF]:
    """A rectangle beside each tip, inside `area` and clear of other labels and stems; null without room."""
    placed: list[QRectF] = []
    for tip, width in zip(tips, widths, strict=True):
        stems = [other for other in tips if other.x() != tip.x()]
        spots = _spots(tip, width, height, area)
        free = (s for s in spots if area.contains(s) and not _is_taken(s, placed, stems))
        placed.append(next(free, QRectF()))
    return placed


def _spots(tip: QPointF, width: float, height: float, area: QRectF) -> Iterator[QRectF]:
    """Where a label may lie, the best place first: above its tip, beside it, higher up, lower down."""
    above = max(area.left(), min(tip.x() - width / 2, area.right() - width))
    right, left = tip.x() + _GAP, tip.x() - width - _GAP
    yield QRectF(above, tip.y() - height - 5, width, height)
    yield QRectF(right, tip.y() - height / 2, width, height)
    yield QRectF(left, tip.y() - height / 2, width, height)
    yield QRectF(above, tip.y() - 2 * height - 5, width, height)
    yield QRectF(right, tip.y() + height / 2, width, height)
    yield QRectF(left, tip.y() + height / 2, width, height)


def _is_taken(spot: QRectF, placed: Sequence[QRectF], stems: Sequence[QPointF]) -> bool:
    """Whether a label at `spot` would cover another label, or a stem given by its tip."""
    return any(spot.intersects(other) for other in placed) or any(
        spot.left() <= tip.x() <= spot.right() and tip.y() <= spot.bottom() for tip in stems
    )


class Bars(pg.GraphicsObject):  # type: ignore[misc]
    """The bars in view, one to two pixels at most. Pens are cosmetic, so their width counts device pixels."""

    def __init__(self, keep: Keep) -> None:
        super().__init__()
        self._keep: Keep = keep
        self._values: FloatArray = np.zeros(0, np.float32)
        self._base = 0.0
        self._pen = QPen()
        self._width = 1.0
        self._path: QPainterPath | None = None

    def set_values(self, values: FloatArray, base: float) -> None:
        self.prepareGeometryChange()
        self._values, self._base, self._path = values, base, None
        self.update()

    def set_colour(self, colour: str) -> None:
        self._pen = pg.mkPen(colour)
        self._pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self._path = None
        self.update()

    def boundingRect(self) -> QRectF:
        if not len(self._values):
            return QRectF()
        low, high = min(self._base, float(self._values.min())), max(self._base, float(self._values.max()))
        return QRectF(-0.5, low, len(self._values), high - low)

    def viewRangeChanged(self) -> None:
        self._path = None
        self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        if self._path is None:
            self._path = self._layout()
        self._pen.setWidthF(self._width * painter.device().devicePixelRatio())
        painter.setPen(self._pen)
        painter.drawPath(self._path)

    def _layout(self) -> QPainterPath:
        view, pixel = self.viewRect(), self.pixelVectors()[0]
        if pixel is None or not len(self._values):
            return QPainterPath()
        first, last = max(0, int(view.left())), min(len(self._values), int(view.right()) + 2)
        columns = max(1, int(view.width() / pixel.x() / 2))
        at, tops = extremes(self._values[first:last], columns, self._keep)
        step = (last - first) / max(1, len(at)) / pixel.x()
        self._width = min(12.0, max(1.0, np.floor(step * 0.72)))
        x = np.repeat((at + first).astype(np.float64), 2)
        y = np.column_stack((np.full(len(tops), self._base), tops)).astype(np.float64).ravel()
        path: QPainterPath = pg.arrayToQPath(x, y, connect="pairs")
        return path


class Callouts(pg.GraphicsObject):  # type: ignore[misc]
    """Outlying bars over the others, with a dot on top and a label beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._points: list[tuple[QPointF, QPointF, str]] = []
        self._colour = pg.mkColor("k")
        self._paper = pg.mkColor("w")
        self.setZValue(10)

    def set_points(self, points: list[tuple[float, float, float, str]]) -> None:
        """Points of (x, foot, tip, text), the most important first."""
        self._points = [(QPointF(x, foot), QPointF(x, tip), text) for x, foot, tip, text in points]
        self.update()

    def set_colours(self, colour: str, paper: str) -> None:
        self._colour = pg.mkColor(colour)
        self._paper = pg.mkColor(paper)
        self._paper.setAlpha(_PAPER_ALPHA)
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self.viewRect())

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        to_pixels = painter.transform()
        area = to_pixels.mapRect(self.boundingRect())
        feet = [to_pixels.map(foot) for foot, _, _ in self._points]
        tips = [to_pixels.map(tip) for _, tip, _ in self._points]
        painter.resetTransform()
        metrics = QFontMetricsF(painter.font())
        texts = [text for _, _, text in self._points]
        spots = place_labels(tips, [metrics.horizontalAdvance(t) + 2 for t in texts], metrics.height(), area)
        painter.setPen(QPen(self._colour, 2))
        for foot, tip in zip(feet, tips, strict=True):
            painter.drawLine(foot, tip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._colour)
        for tip, spot, text in zip(tips, spots, texts, strict=True):
            painter.drawEllipse(tip, 2.0, 2.0)
            if not spot.isNull():
                self._write(painter, spot, tip, text)

    def _write(self, painter: QPainter, spot: QRectF, tip: QPointF, text: str) -> None:
        if spot.bottom() < tip.y() - spot.height():
            painter.drawLine(QPointF(tip.x(), spot.bottom()), tip)
        painter.fillRect(spot, self._paper)
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)
