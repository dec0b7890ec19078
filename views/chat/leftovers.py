"""What was laid out of messages that are gone is let go of little by little: all at once it takes 60 ms."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from views.chat.message import MessageView

_AT_ONCE = 100  # blocks, about 2 ms


class Leftovers:
    """Takes messages apart, so that no one moment frees thousands of documents."""

    def __init__(self) -> None:
        self._parts: list[object] = []

    def take(self, message: MessageView) -> None:
        """The message is not shown again; a keyboard that was at it stays in the conversation."""
        focused, around = QApplication.focusWidget(), message.parentWidget()
        if around is not None and (focused is message or (focused and message.isAncestorOf(focused))):
            around.setFocus(Qt.FocusReason.OtherFocusReason)  # Qt would go to the next control of the window
        message.hide()
        for body in message.bodies():
            self._parts += body.take_apart()
        message.deleteLater()

    def shrink(self) -> bool:
        """Let go of some; False once nothing is left."""
        del self._parts[-_AT_ONCE:]
        return bool(self._parts)
