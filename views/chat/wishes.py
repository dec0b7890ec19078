"""What a person wants done with a message: one set of signals for the whole transcript."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal


class MessageWishes(QObject):
    """`key` is that of a `MessageFrame`."""

    edit = Signal(int, str)  # key, the new text
    regenerate = Signal(int)
    continue_ = Signal(int)
    fork = Signal(int)
    delete = Signal(int)
    sibling = Signal(int, int)  # key, -1 for the one before or 1 for the next
    tokens = Signal(int, bool)
    token_opened = Signal(int, int, object)  # key, index of the token, QRect on the screen
    word_opened = Signal(int, int, object)  # key, where in the answer's text, QRect on the screen
    reference = Signal(str)  # the model that answers are compared with
    link = Signal(str, QPoint)  # address, where on the screen
