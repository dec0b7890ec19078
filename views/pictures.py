"""A widget as a picture or a drawing, with a line above it that says what it is."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPaintDevice, QPainter, QPalette, QPixmap, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

_MARGIN = 8


def picture(widget: QWidget, caption: str = "") -> QPixmap:
    """What the widget shows now, in its own resolution."""
    ratio = widget.devicePixelRatioF()
    result = QPixmap(_size(widget, caption) * ratio)
    result.setDevicePixelRatio(ratio)
    _draw(widget, caption, result)
    return result


def png_bytes(widget: QWidget, caption: str = "") -> bytes:
    """The picture as a PNG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture(widget, caption).save(buffer, "PNG")
    return bytes(data.data())


def svg_bytes(widget: QWidget, caption: str = "") -> bytes:
    """The same as a drawing: text stays text, maps are pictures in it."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator, size = QSvgGenerator(), _size(widget, caption)
    generator.setOutputDevice(buffer)
    generator.setResolution(widget.logicalDpiX())  # or texts would be as large as on paper
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    _draw(widget, caption, generator)
    return bytes(data.data())


def _size(widget: QWidget, caption: str) -> QSize:
    return widget.size() + QSize(0, _caption_height(widget, caption))


def _caption_height(widget: QWidget, caption: str) -> int:
    if not caption:
        return 0
    room = QRect(0, 0, widget.width() - 2 * _MARGIN, 10_000)
    lines = widget.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap), caption)
    return lines.height() + 2 * _MARGIN


def _draw(widget: QWidget, caption: str, target: QPaintDevice) -> None:
    top, palette = _caption_height(widget, caption), widget.palette()
    painter = QPainter(target)
    painter.fillRect(QRect(QPoint(0, 0), _size(widget, caption)), palette.color(QPalette.ColorRole.Base))
    painter.setFont(widget.font())
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    room = QRect(_MARGIN, _MARGIN, widget.width() - 2 * _MARGIN, top - 2 * _MARGIN)
    painter.drawText(room, int(Qt.TextFlag.TextWordWrap), caption)
    only_itself = QWidget.RenderFlag.DrawChildren  # the page behind it is of another colour
    QWidget.render(widget, painter, QPoint(0, top), QRegion(), only_itself)  # a plot has a render of its own
    painter.end()
