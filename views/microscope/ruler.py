"""One block on a ruler: what its grid can hold, each value and where it lands, and a threshold to drag."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from views.figures import short
from views.frames.microscope import RulerFrame
from views.theme import Theme
from views.widgets import describe

_MARGIN = 26
_DOT = 3.0
_GRAB = 9
_STEP = 1.03
_MOST_TICKS = 400


class BlockRuler(QWidget):
    """`threshold_moved` follows the handle, a share of how far the block's scale has to reach.

    Values stand above the line, what they land on below it. Arrow keys move the handle, Home puts it back.
    """

    threshold_moved = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        describe(
            self,
            "Block on its ruler",
            "Ticks: what the grid can hold. Dots: each value, above, and where it lands, below. Drag the "
            "handle to clip, or to set the scale.",
        )
        self._theme = theme
        self._frame = RulerFrame()
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(112)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def set_frame(self, frame: RulerFrame) -> None:
        self._frame = frame
        self.setAccessibleDescription(frame.title)
        self.update()

    def x_of(self, value: float) -> float:
        """Where a value lies, in pixels."""
        half = (self.width() - 2 * _MARGIN) / 2
        return self.width() / 2 + value / self._span() * half

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._frame.threshold is not None:
            self._dragging = True
            self._move_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._move_to(event.position().x())
        near = self._frame.threshold is not None and self._is_near(event.position().x())
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._dragging = False

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._emit(1.0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        factors = {Qt.Key.Key_Left: 1 / _STEP, Qt.Key.Key_Right: _STEP}
        frame = self._frame
        if frame.threshold is None or not frame.reach:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Home:
            self._emit(1.0)
        elif event.key() in factors:
            self._emit(frame.threshold / frame.reach * factors[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not len(self._frame.values):
            painter.setPen(QColor(self._theme.colours.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._frame.note or "Choose a block.")
            return
        self._paint_grid(painter)
        self._paint_values(painter)
        self._paint_handles(painter)

    def _paint_grid(self, painter: QPainter) -> None:
        colours, middle = self._theme.colours, self._middle()
        grid = self._frame.grid
        inside = grid[np.abs(grid) <= self._span()]
        painter.setPen(QPen(QColor(colours.control), 1))
        painter.drawLine(QPointF(_MARGIN, middle), QPointF(self.width() - _MARGIN, middle))
        length = 7 if len(inside) < 64 else 4
        for value in inside[:: max(1, len(inside) // _MOST_TICKS)]:
            x = self.x_of(float(value))
            painter.drawLine(QPointF(x, middle - length), QPointF(x, middle + length))
        painter.setPen(QColor(colours.muted))
        for value in (-self._span(), 0.0, self._span()):
            self._write(painter, self.x_of(value), self.height() - 4, short(value) if value else "0")

    def _paint_values(self, painter: QPainter) -> None:
        frame, colours, middle = self._frame, self._theme.colours, self._middle()
        above, below = middle - 26, middle + 22
        for i, (value, landed) in enumerate(zip(frame.values, frame.restored, strict=True)):
            lost = landed == 0 and value != 0
            colour = QColor(
                colours.outlier if i == frame.setter else colours.danger if lost else colours.accent
            )
            start, end = QPointF(self.x_of(float(value)), above), QPointF(self.x_of(float(landed)), below)
            faint = QColor(colour)
            faint.setAlpha(110)
            painter.setPen(QPen(faint, 1))
            painter.drawLine(start, end)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(start, _DOT, _DOT)
            painter.drawEllipse(end, _DOT - 0.6, _DOT - 0.6)
        if frame.setter is not None:
            value = float(frame.values[frame.setter])
            painter.setPen(QColor(colours.outlier))
            self._write(painter, self.x_of(value), above - 8, short(value))

    def _paint_handles(self, painter: QPainter) -> None:
        frame, colours = self._frame, self._theme.colours
        top, bottom = 16.0, self._middle() + 30
        if frame.best is not None:
            painter.setPen(QPen(QColor(colours.good), 1, Qt.PenStyle.DashLine))
            for side in (-frame.best, frame.best):
                painter.drawLine(QPointF(self.x_of(side), top), QPointF(self.x_of(side), bottom))
            self._write(painter, self.x_of(-frame.best), 12, "T*")
        if frame.threshold is not None:
            for side in (-frame.threshold, frame.threshold):
                x = self.x_of(side)
                painter.setPen(QPen(QColor(colours.text), 1.5))
                painter.drawLine(QPointF(x, top), QPointF(x, bottom))
                painter.setBrush(QColor(colours.text))
                painter.drawRoundedRect(QRectF(x - 4, self._middle() - 8, 8, 16), 3, 3)

    def _write(self, painter: QPainter, x: float, y: float, text: str) -> None:
        width = painter.fontMetrics().horizontalAdvance(text)
        painter.drawText(QPointF(min(max(x - width / 2, 2), self.width() - width - 2), y), text)

    def _middle(self) -> float:
        return self.height() * 0.52

    def _span(self) -> float:
        """The largest magnitude on show."""
        largest = float(np.abs(self._frame.values).max()) if len(self._frame.values) else 0.0
        return max(largest, self._frame.threshold or 0.0) or 1.0

    def _is_near(self, x: float) -> bool:
        threshold = self._frame.threshold or 0.0
        return any(abs(self.x_of(side) - x) < _GRAB for side in (-threshold, threshold))

    def _move_to(self, x: float) -> None:
        half = (self.width() - 2 * _MARGIN) / 2
        value = abs(x - self.width() / 2) / half * self._span()
        self._emit(value / self._frame.reach if self._frame.reach else 1.0)

    def _emit(self, share: float) -> None:
        self.threshold_moved.emit(min(max(share, 1e-3), 1.0))
