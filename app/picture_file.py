"""Charts to files: SVG as it is, PNG drawn by Qt, which is imported only then and needs no display."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from app.atomic import replacing
from app.svg_chart import Chart, document
from gpu.errors import RequestError

_PIXELS_PER_UNIT = 2


def check_picture_name(path: Path) -> Path:
    """Raises RequestError unless the file's name says in which format it is wanted."""
    if path.suffix.lower() not in (".svg", ".png"):
        raise RequestError(f"'{path}' says no format; end its name in .svg or .png.")
    return path


def write_picture(path: Path, charts: Sequence[Chart]) -> None:
    """Raises FormatError if the file cannot be written."""
    svg = document(charts).encode("utf-8")
    data = svg if path.suffix.lower() == ".svg" else _png(svg)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def _png(svg: bytes) -> bytes:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice  # noqa: PLC0415 - see above
    from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter  # noqa: PLC0415
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        application = QGuiApplication([])  # noqa: F841 - fonts are there as long as it is
    renderer = QSvgRenderer(QByteArray(svg))
    image = QImage(renderer.defaultSize() * _PIXELS_PER_UNIT, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
