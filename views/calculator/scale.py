"""Amounts of memory along the foot of the bar."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from views.theme import Colours

_SPACING = 90
_UNITS = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def ticks(scale_bytes: int, width: float) -> list[tuple[int, str]]:
    """Round amounts from zero up to the scale, no closer than can be read, with their names."""
    unit, name = next(((u, n) for u, n in _UNITS if scale_bytes >= 4 * u), (1, "B"))
    most = max(1.0, width / _SPACING)
    step = max(1, 2 ** math.ceil(math.log2(max(1.0, scale_bytes / unit / most))))
    count = int(scale_bytes / unit / step)
    return [(index * step * unit, f"{index * step} {name}" if index else "0") for index in range(count + 1)]


def draw_scale(painter: QPainter, band: QRectF, scale_bytes: int, colours: Colours) -> None:
    """Ticks and their names under the band; none that would be cut off."""
    metrics = painter.fontMetrics()
    painter.setPen(QColor(colours.muted))
    for size, name in ticks(scale_bytes, band.width()):
        x = band.left() + band.width() * size / scale_bytes
        width = metrics.horizontalAdvance(name)
        left = max(band.left(), x - width / 2)
        if left + width > band.right() + 6:
            continue
        painter.drawLine(QPointF(x, band.bottom() + 2), QPointF(x, band.bottom() + 5))
        text = QRectF(left, band.bottom() + 5, width + 1, metrics.height())
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft, name)
