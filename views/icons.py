"""Line icons drawn from paths, so that they are sharp at every scale and take the colour of the text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
)

_GRID = 16.0


def _lines(*strokes: tuple[tuple[float, float], ...]) -> QPainterPath:
    path = QPainterPath()
    for stroke in strokes:
        path.moveTo(*stroke[0])
        for point in stroke[1:]:
            path.lineTo(*point)
    return path


def _plus() -> QPainterPath:
    return _lines(((8, 3), (8, 13)), ((3, 8), (13, 8)))


def _chevron_down() -> QPainterPath:
    return _lines(((4, 6), (8, 10), (12, 6)))


def _chevron_up() -> QPainterPath:
    return _lines(((4, 10), (8, 6), (12, 10)))


def _close() -> QPainterPath:
    return _lines(((4, 4), (12, 12)), ((12, 4), (4, 12)))


def _float() -> QPainterPath:
    path = _lines(((10, 12.5), (3.5, 12.5), (3.5, 6)))
    path.addRect(QRectF(6.5, 3.5, 6, 6))
    return path


def _send() -> QPainterPath:
    return _lines(((8, 13), (8, 3)), ((3.5, 7.5), (8, 3), (12.5, 7.5)))


def _down() -> QPainterPath:
    return _lines(((8, 3), (8, 13)), ((3.5, 8.5), (8, 13), (12.5, 8.5)))


def _stop() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(4, 4, 8, 8), 1, 1)
    return path


def _copy() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(6, 6, 8, 8), 1.5, 1.5)
    path.addPath(_lines(((4, 10), (2.5, 10), (2.5, 2.5), (10, 2.5), (10, 4))))
    return path


def _retry() -> QPainterPath:
    path = QPainterPath()
    path.arcMoveTo(QRectF(3, 3, 10, 10), 40)
    path.arcTo(QRectF(3, 3, 10, 10), 40, 300)
    path.addPath(_lines(((12.6, 1.8), (12.4, 5.2), (9, 4.8))))
    return path


def _sliders() -> QPainterPath:
    path = _lines(((2, 5), (8, 5)), ((12, 5), (14, 5)), ((2, 11), (4, 11)), ((8, 11), (14, 11)))
    path.addEllipse(QPointF(10, 5), 2, 2)
    path.addEllipse(QPointF(6, 11), 2, 2)
    return path


def _folder() -> QPainterPath:
    return _lines(((2, 13), (2, 3.5), (6, 3.5), (7.5, 5.5), (14, 5.5), (14, 13), (2, 13)))


def _chat() -> QPainterPath:
    return _lines(((2, 3), (14, 3), (14, 11), (7, 11), (4, 14), (4, 11), (2, 11), (2, 3)))


def _compare() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(2, 3, 5, 10), 1, 1)
    path.addRoundedRect(QRectF(9, 3, 5, 10), 1, 1)
    return path


def _outliers() -> QPainterPath:
    heights = ((4.0, 11.0), (6.5, 10.0), (9.0, 2.5), (11.5, 11.0))
    return _lines(((2, 13), (14, 13)), *(((x, 13), (x, top)) for x, top in heights))


def _microscope() -> QPainterPath:
    path = _lines(((10, 10), (14, 14)), ((5, 5.5), (9, 5.5)), ((5, 8), (9, 8)))
    path.addEllipse(QPointF(7, 7), 4.5, 4.5)
    return path


def _calculator() -> QPainterPath:
    path = _lines(((2, 11), (14, 11)), ((6, 11), (6, 13.5)), ((10, 11), (10, 13.5)))
    path.addRoundedRect(QRectF(2, 4, 12, 7), 1, 1)
    path.addPath(_lines(((5.5, 4), (5.5, 11)), ((8, 4), (8, 11))))
    return path


def _lock() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(3.5, 7, 9, 6.5), 1.2, 1.2)
    path.arcMoveTo(QRectF(5.25, 2.5, 5.5, 6.5), 0)
    path.arcTo(QRectF(5.25, 2.5, 5.5, 6.5), 0, 180)
    path.lineTo(5.25, 7)
    path.moveTo(10.75, 5.75)
    path.lineTo(10.75, 7)
    return path


def _back() -> QPainterPath:
    return _lines(((10, 4), (6, 8), (10, 12)))


def _forward() -> QPainterPath:
    return _lines(((6, 4), (10, 8), (6, 12)))


def _pencil() -> QPainterPath:
    return _lines(
        ((3, 13), (3.6, 10), (10.8, 2.8), (13.2, 5.2), (6, 12.4), (3, 13)), ((9.2, 4.4), (11.6, 6.8))
    )


def _play() -> QPainterPath:
    return _lines(((5, 3.5), (12, 8), (5, 12.5), (5, 3.5)))


def _fork() -> QPainterPath:
    path = _lines(((4.5, 5.5), (4.5, 10.5)), ((11.5, 5.5), (11.5, 7), (9.5, 8.5), (6, 8.5), (4.5, 9.5)))
    for x, y in ((4.5, 4), (4.5, 12), (11.5, 4)):
        path.addEllipse(QPointF(x, y), 1.5, 1.5)
    return path


def _pin() -> QPainterPath:
    return _lines(
        ((5, 2.5), (11, 2.5)),
        ((6, 2.5), (6, 7), (4, 9.5), (12, 9.5), (10, 7), (10, 2.5)),
        ((8, 9.5), (8, 14)),
    )


def _more() -> QPainterPath:
    path = QPainterPath()
    for x in (3.5, 8, 12.5):
        path.addEllipse(QPointF(x, 8), 0.9, 0.9)
    return path


def _bin() -> QPainterPath:
    return _lines(
        ((2.5, 4.5), (13.5, 4.5)),
        ((6, 4.5), (6, 2.5), (10, 2.5), (10, 4.5)),
        ((4, 4.5), (4.6, 13.5), (11.4, 13.5), (12, 4.5)),
    )


def _tokens() -> QPainterPath:
    path = QPainterPath()
    for x, y, width in ((2, 3, 5), (9, 3, 5), (2, 9.5, 7.5), (11.5, 9.5, 2.5)):
        path.addRoundedRect(QRectF(x, y, width, 3.5), 1, 1)
    return path


def _clip() -> QPainterPath:
    return _lines(((11, 5), (6, 10), (7.5, 11.5), (13, 6), (10, 3), (3.5, 9.5), (6.5, 13.5), (10, 12)))


def _book() -> QPainterPath:
    return _lines(
        (
            (8, 4),
            (6, 3),
            (2.5, 3),
            (2.5, 12),
            (6, 12),
            (8, 13),
            (10, 12),
            (13.5, 12),
            (13.5, 3),
            (10, 3),
            (8, 4),
        ),
        ((8, 4), (8, 13)),
    )


_PATHS: dict[str, Callable[[], QPainterPath]] = {
    "plus": _plus,
    "chevron-down": _chevron_down,
    "chevron-up": _chevron_up,
    "close": _close,
    "float": _float,
    "send": _send,
    "down": _down,
    "stop": _stop,
    "copy": _copy,
    "retry": _retry,
    "sliders": _sliders,
    "folder": _folder,
    "chat": _chat,
    "compare": _compare,
    "outliers": _outliers,
    "microscope": _microscope,
    "calculator": _calculator,
    "lock": _lock,
    "back": _back,
    "forward": _forward,
    "pencil": _pencil,
    "play": _play,
    "fork": _fork,
    "bin": _bin,
    "pin": _pin,
    "more": _more,
    "tokens": _tokens,
    "clip": _clip,
    "book": _book,
}
NAMES = tuple(_PATHS)


class _LineIcon(QIconEngine):
    """Strokes one path in the palette's text colour of the moment, so a theme change needs no new icon."""

    def __init__(self, name: str, role: QPalette.ColorRole) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def clone(self) -> QIconEngine:
        return _LineIcon(self._name, self._role)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        disabled = mode == QIcon.Mode.Disabled
        group = QPalette.ColorGroup.Disabled if disabled else QPalette.ColorGroup.Active
        colour = QGuiApplication.palette().color(group, QPalette.ColorRole.Text if disabled else self._role)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.topLeft())
        painter.scale(rect.width() / _GRID, rect.height() / _GRID)
        painter.setPen(QPen(QColor(colour), 1.4, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(_PATHS[self._name]())
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        if pixmap.isNull():
            return pixmap
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap


def icon(name: str, role: QPalette.ColorRole = QPalette.ColorRole.Text) -> QIcon:
    """A line icon by name, in the palette colour `role`. An unknown name raises KeyError."""
    _PATHS[name]
    return QIcon(_LineIcon(name, role))
