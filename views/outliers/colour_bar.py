"""The colours of a map with the values at their ends, and two handles that say where they saturate."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from views.frames.outliers import LARGEST, NOT_FINITE, HeatFrame
from views.outliers.palettes import ramp
from views.theme import Theme
from views.widgets import describe

_HEIGHT = 44
_BAR = 12
_MARGIN = 8
_INSET = 3
_STEP = 0.02
_LEAST = 0.02


class ColourBar(QWidget):
    """Drag a handle, or move it with the arrow keys (with Shift the upper one); a double click resets."""

    levels_chosen = Signal(float, float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        describe(self, "Colours", "What the colours mean; drag the handles to saturate either end")
        self._theme = theme
        self._frame = HeatFrame()
        self._held: int | None = None
        self._has_not_finite = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(220, _HEIGHT)

    def set_frame(self, frame: HeatFrame) -> None:
        self._frame = frame
        self._has_not_finite = bool((frame.codes == NOT_FINITE).any())
        self.update()

    def handle_at(self, which: int) -> QPointF:
        """Where a handle, 0 the lower and 1 the upper, can be grabbed."""
        return QPointF(self._x(self._frame.handles[which]), _BAR + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours = QPainter(self), self._theme.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = (self._x(share) for share in self._frame.handles)
        table = ramp(self._frame.palette)
        gradient = QLinearGradient(low, 0, max(high, low + 1), 0)
        for i in range(0, LARGEST + 1, 8):
            gradient.setColorAt(i / LARGEST, QColor.fromRgba(table[i]))
        gradient.setColorAt(1, QColor.fromRgba(table[LARGEST]))
        painter.fillRect(QRectF(_MARGIN, 0, self.width() - 2 * _MARGIN, _BAR), gradient)
        painter.setPen(QPen(QColor(colours.text), 1))
        painter.setBrush(QColor(colours.surface))
        for x in (low, high):
            painter.drawPolygon(
                QPolygonF([QPointF(x, _BAR), QPointF(x - 5, _BAR + 9), QPointF(x + 5, _BAR + 9)])
            )
        painter.setPen(QColor(colours.muted))
        line = QRect(_INSET, _BAR + 11, self.width() - 2 * _INSET, 18)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft), self._frame.low)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignRight), self._frame.high)
        self._draw_not_finite(painter, line)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw_not_finite(self, painter: QPainter, line: QRect) -> None:
        """What the colour outside the ramp means, where there is any of it."""
        if not self._has_not_finite:
            return
        text, height = "not finite", painter.fontMetrics().ascent()
        left = (self.width() - painter.fontMetrics().horizontalAdvance(text) - 2 * height) // 2
        painter.fillRect(left, line.top() + 2, height, height, QColor(self._theme.colours.danger))
        painter.drawText(line.adjusted(left + 2 * height, 0, 0, 0), int(Qt.AlignmentFlag.AlignLeft), text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        self._held = min((0, 1), key=lambda i: abs(self.handle_at(i).x() - x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            share = (event.position().x() - _MARGIN) / max(self.width() - 2 * _MARGIN, 1)
            self._move(self._held, share)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._held = None
        self.levels_chosen.emit(0.0, 1.0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}
        key = Qt.Key(event.key())
        if key not in steps:
            super().keyPressEvent(event)
            return
        which = 1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        self._move(which, self._frame.handles[which] + steps[key])

    def _move(self, which: int, share: float) -> None:
        low, high = self._frame.handles
        share = min(max(share, 0.0), 1.0)
        if which == 0:
            self.levels_chosen.emit(min(share, high - _LEAST), high)
        else:
            self.levels_chosen.emit(low, max(share, low + _LEAST))

    def _x(self, share: float) -> float:
        return _MARGIN + share * (self.width() - 2 * _MARGIN)
