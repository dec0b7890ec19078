"""Names of rows and numbers of columns beside a map, as many as there is room for, and what they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from views.outliers.span import Span

_GAP = 6
_WIDEST = 120
_LABEL_PX = 70
_TICK_HEIGHT = 20


def name_width(metrics: QFontMetrics, names: Sequence[str]) -> int:
    """Room that the names of rows take."""
    longest = max(names, key=len, default="")
    return min(metrics.horizontalAdvance(longest), _WIDEST) + 2 * _GAP


def margins(metrics: QFontMetrics, names: Sequence[str]) -> tuple[int, int]:
    """Room at the left for the names of rows and what they are, and below for the same of the columns."""
    return metrics.height() + name_width(metrics, names), _TICK_HEIGHT + metrics.height()


def draw_titles(painter: QPainter, area: QRect, axes: tuple[str, str]) -> None:
    """What the rows are, upwards at the left edge, and what the columns are, below their numbers."""
    rows, columns = axes
    line, flags = painter.fontMetrics().height(), int(Qt.AlignmentFlag.AlignCenter)
    painter.drawText(QRect(area.left(), area.bottom() + _TICK_HEIGHT, area.width(), line), flags, columns)
    painter.save()
    painter.translate(0, area.bottom())
    painter.rotate(-90)
    painter.drawText(QRect(0, 0, area.height(), line), flags, rows)
    painter.restore()


def draw_rows(painter: QPainter, area: QRect, span: Span, names: Sequence[str]) -> None:
    """Names right-aligned beside the rows; every n-th where they would touch."""
    if not names or not span.length:
        return
    height = area.height() / span.length
    line = painter.fontMetrics().height()
    skip = max(1, int(np.ceil(line / max(height, 1e-9))))
    flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for row in range(int(span.part[0]), min(int(np.ceil(span.part[1])), len(names))):
        y = area.top() + span.share(row + 0.5) * area.height()
        if row % skip == 0 and area.top() <= y <= area.bottom():
            text = painter.fontMetrics().elidedText(names[row], Qt.TextElideMode.ElideRight, _WIDEST)
            painter.drawText(QRectF(0, y - line / 2, area.left() - _GAP, line), int(flags), text)


def draw_columns(painter: QPainter, area: QRect, span: Span, ids: NDArray[np.int32]) -> None:
    """What the columns are called, below them: round places, so that they stay as the map is panned."""
    if not len(ids) or not span.length:
        return
    for place in ticks(span, max(1, area.width() // _LABEL_PX)):
        x = area.left() + span.share(place + 0.5) * area.width()
        painter.drawLine(int(x), area.bottom() + 1, int(x), area.bottom() + 4)
        text = f"{int(ids[place]):,}"
        width = painter.fontMetrics().horizontalAdvance(text)
        left = min(max(x - width / 2, area.left()), area.right() - width)
        painter.drawText(QRectF(left, area.bottom() + 4, width + 1, 16), 0, text)


def ticks(span: Span, most: int) -> list[int]:
    """Places to label, at most about `most`: multiples of 1, 2 or 5 times a power of ten."""
    rough = max(span.length / most, 1.0)
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(int(power * m) for m in (1, 2, 5, 10) if power * m >= rough)
    first = int(np.ceil(span.part[0] / step)) * step
    return [p for p in range(first, int(np.ceil(span.part[1])), step) if p < span.count]
