"""The handle on an edge of the bar: dragged by the mouse, moved by the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from views.theme import Theme
from views.widgets import describe

_WIDTH = 15
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -8,
    Qt.Key.Key_PageUp: 8,
}


class Edge(QWidget):
    """Stands where a segment that began at `start_bytes` ends.

    `pulled` gives itself and where the pointer is, in the bar's coordinates.
    """

    pulled = Signal(object, float)
    released = Signal()
    stepped = Signal(str, int)

    def __init__(self, bar: QWidget, theme: Theme, key: str, height: int) -> None:
        super().__init__(bar)
        self.key = key
        self.start_bytes = 0
        self._theme = theme
        self._grip = 0.0  # between the pointer and the edge when the drag began
        self._held = False
        self.resize(_WIDTH, height)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def show_at(self, start_bytes: int, place: QPointF, name: str, value: str) -> None:
        """Hang from `place` of the bar; while held, the segment's start stays what it was before."""
        if not self._held:
            self.start_bytes = start_bytes
        describe(self, f"{name}: {value}" if value else name, f"{name}. Drag, or use the arrow keys.")
        self.move(round(place.x()) - _WIDTH // 2, round(place.y()))
        self.show()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = True
            self._grip = event.position().x() - _WIDTH // 2
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            here = self.mapToParent(event.position())
            self.pulled.emit(self, QPointF(here).x() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held and event.button() == Qt.MouseButton.LeftButton:
            self._held = False
            self.update()
            self.released.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = _STEPS.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(self.key, steps)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lively = self._held or self.hasFocus() or self.underMouse()
        grip = QRectF(self.width() / 2 - 3.5, self.height() / 2 - 11, 7, 22)
        painter.setPen(QPen(QColor(colours.accent if lively else colours.text), 2 if lively else 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(grip, 3.5, 3.5)
        painter.drawLine(
            QPointF(self.width() / 2, grip.top() + 7), QPointF(self.width() / 2, grip.bottom() - 7)
        )
