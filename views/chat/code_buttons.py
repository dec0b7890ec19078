"""A button on each block of code that copies it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton, QWidget

from views.chat.column import Column
from views.widgets import tool_button

_THANKS_MS = 1500
_MARGIN = 4


class CodeButtons:
    """Real buttons, so that the keyboard and a screen reader find them; only for the blocks in sight."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._buttons: dict[int, QToolButton] = {}

    def place(self, column: Column, top: float, bottom: float) -> None:
        """Put a button at the upper right of every block of code between two heights."""
        seen = {
            index: QPointF(laid.width, column.top(index))
            for index, laid in column.between(top, bottom)
            if laid.block.kind == "code" and not laid.block.joined
        }
        for index in self._buttons.keys() - seen.keys():
            self._drop(index)
        for index, corner in seen.items():
            button = self._buttons.get(index) or self._add(index, column)
            button.move(int(corner.x()) - button.sizeHint().width() - _MARGIN, int(corner.y()) + _MARGIN - 1)

    def _drop(self, index: int) -> None:
        button = self._buttons[index]
        if not button.hasFocus():
            button.hide()
            button.deleteLater()
            del self._buttons[index]

    def _add(self, index: int, column: Column) -> QToolButton:
        button = tool_button("Copy", "Copy this code", "inline", "copy")
        button.setAccessibleName("Copy code")
        button.setParent(self._parent)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.clicked.connect(lambda: self._copy(index, column, button))
        button.show()
        self._buttons[index] = button
        return button

    @staticmethod
    def _copy(index: int, column: Column, button: QToolButton) -> None:
        QGuiApplication.clipboard().setText(code_at(column, index))
        button.setText("Copied")
        QTimer.singleShot(_THANKS_MS, button, lambda: button.setText("Copy"))


def code_at(column: Column, index: int) -> str:
    """The whole code of which the block at `index` is the first piece."""
    pieces = [column.blocks[index].text]
    for block in column.blocks[index + 1 :]:
        if not (block.joined and block.kind == "code"):
            break
        pieces.append(block.text)
    return "\n".join(pieces)
