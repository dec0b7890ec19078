"""A scroll bar under each table that is wider than the conversation."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from views.chat.blocks import SIDE_BAR, LaidBlock
from views.chat.column import Column
from views.widgets import describe

_STEP = 40


class SideBars:
    """Real scroll bars, as the buttons on code are real; only for the tables in sight."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._bars: dict[int, QScrollBar] = {}

    def place(self, column: Column, top: float, bottom: float) -> None:
        """Put a bar under every table between two heights that needs one; it stays where it was moved to."""
        seen = {index: laid for index, laid in column.between(top, bottom) if laid.overflow}
        for index in self._bars.keys() - seen.keys():
            bar = self._bars.pop(index)
            bar.hide()
            bar.deleteLater()
        for index, laid in seen.items():
            scrolled = self._bars[index].value() if index in self._bars else laid.scrolled
            bar = self._bars.get(index) or self._add(index, column)
            room, left = round(laid.width - laid.left), 0 if laid.mirrored else round(laid.left)
            bar.setPageStep(room)
            bar.setRange(0, laid.overflow)
            bar.setValue(scrolled)
            bar.setGeometry(left, round(column.top(index) + laid.height) - SIDE_BAR + 3, room, SIDE_BAR - 3)
            laid.scroll_to(bar.value())

    def scroll(self, column: Column, at: QPointF, event: QWheelEvent) -> bool:
        """Move the table at a point by a wheel turned sideways, or with Shift; False if there is none."""
        sideways = _sideways(event)
        bar = self._bars.get(column.index_at(at.y())) if sideways and column.blocks else None
        if bar is not None:
            bar.setValue(bar.value() - sideways)
        return bar is not None

    def _add(self, index: int, column: Column) -> QScrollBar:
        bar = _SideBar(Qt.Orientation.Horizontal, self._parent)
        describe(bar, "Scroll the table sideways")
        bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar.setCursor(Qt.CursorShape.ArrowCursor)
        bar.setSingleStep(_STEP)
        bar.valueChanged.connect(lambda value: self._scrolled(column.laid(index), value))
        bar.show()
        self._bars[index] = bar
        return bar

    def _scrolled(self, laid: LaidBlock, value: int) -> None:
        laid.scroll_to(value)
        self._parent.update()


class _SideBar(QScrollBar):
    """Leaves a wheel that is turned up or down to the conversation."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if _sideways(event):
            super().wheelEvent(event)
        else:
            event.ignore()


def _sideways(event: QWheelEvent) -> int:
    """Pixels to the left of a wheel or a touch pad."""
    delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 3
    shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    return delta.x() or (delta.y() if shifted else 0)
