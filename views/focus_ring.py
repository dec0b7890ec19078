"""A ring around what the keyboard is at, where it came by Tab: fields, lists, maps and charts alike."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from views.reading_order import move_focus

_WIDTH_PX = 2
_MOVING = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class FocusRing(QWidget):
    """Lies over the window, follows its widget's place, and goes as soon as the focus does."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._ringed: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._leave)

    def move_focus(self, forward: bool) -> bool:
        """What Tab and Shift+Tab do; whether there was anywhere to go.

        Qt asks for it, too, when it hides what has the focus: then nobody pressed a key.
        """
        left = self._window.focusWidget()
        is_pressed = left is None or left.isVisible()
        moved = move_focus(self._window, forward)
        if is_pressed:
            self.surround(self._window.focusWidget())
        return moved

    def surround(self, widget: QWidget | None) -> None:
        """Be drawn around a widget of the window, or not at all."""
        for each in self._around():
            each.removeEventFilter(self)
        self._ringed = widget
        for each in self._around():
            each.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVING:
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().accent().color(), _WIDTH_PX))
        half = _WIDTH_PX / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), 6, 6)

    def _around(self) -> Iterator[QWidget]:
        """The widget and what it is in, up to the window; none if it was deleted."""
        widget = self._ringed
        while widget is not None and isValid(widget) and widget is not self._window:
            yield widget
            widget = widget.parentWidget()

    def _place(self) -> None:
        """Around what can be seen of the widget."""
        seen = self._window.rect()
        for each in self._around():
            seen = seen.intersected(QRect(each.mapTo(self._window, QPoint(0, 0)), each.size()))
        self.setGeometry(seen.adjusted(-_WIDTH_PX, -_WIDTH_PX, _WIDTH_PX, _WIDTH_PX))
        self.setVisible(self._ringed is not None and self._ringed.isVisible() and not seen.isEmpty())
        self.raise_()

    def _leave(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not self._ringed:
            self.surround(None)
