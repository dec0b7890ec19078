"""Cards drawn over the bar: a line where each ends, and its name above."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from views.frames.calculator import MarkFrame, Mood
from views.theme import Colours

_GAP = 8


def mood_colour(colours: Colours, mood: Mood) -> QColor:
    """Ink for a judgement."""
    names = {"good": colours.good, "warning": colours.warning, "bad": colours.danger}
    return QColor(names.get(mood, colours.muted))


def row_height(metrics: QFontMetrics) -> int:
    """Pixels a row of names takes."""
    return metrics.height() + 1


def label_rows(spans: Sequence[tuple[float, float]]) -> list[int]:
    """For spans (left, right): the lowest row in which each is clear of those before it, at most 1."""
    rows: list[int] = []
    for index, (left, right) in enumerate(spans):
        taken = {
            rows[other]
            for other, (start, end) in enumerate(spans[:index])
            if left < end + _GAP and start < right + _GAP
        }
        rows.append(next((row for row in (0, 1) if row not in taken), 1))
    return rows


def draw_marks(
    painter: QPainter, band: QRectF, marks: Sequence[tuple[float, MarkFrame]], colours: Colours
) -> None:
    """A line per card, the first one's thicker, with its label ending at the line or beginning there."""
    metrics = painter.fontMetrics()
    height = row_height(metrics)
    spans = [_span(x, metrics.horizontalAdvance(mark.label), band) for x, mark in marks]
    for index, ((x, mark), span, row) in enumerate(zip(marks, spans, label_rows(spans), strict=True)):
        painter.setPen(QPen(mood_colour(colours, mark.mood), 1 if index else 2))
        bottom = band.top() - 4 - row * height
        painter.drawLine(QPointF(x, bottom - 2), QPointF(x, band.bottom() + 3))
        text = QRectF(span[0], bottom - height, span[1] - span[0], height)
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, mark.label)


def _span(x: float, width: float, band: QRectF) -> tuple[float, float]:
    left = min(max(band.left(), x - width / 2), band.right() - width)
    return left, left + width
