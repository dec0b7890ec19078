"""A message being edited where it stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from views.text_field import TextField
from views.widgets import describe, push_button

_FEWEST_LINES, _MOST_LINES = 3, 16


class _Field(TextField):
    saved = Signal()
    cancelled = Signal()

    def event(self, event: QEvent) -> bool:
        """Escape ends the editing, whatever else it does in the window."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.saved.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)


class MessageEditor(QFrame):
    """Ctrl+Enter keeps the new text, Escape the old one."""

    saved = Signal(str)
    cancelled = Signal()

    def __init__(self, text: str, keep: str) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._before = text
        self.field = _Field()
        describe(self.field, "Edited message", "Ctrl+Enter keeps the new text, Escape the old one.")
        self.field.setProperty("look", "bare")
        self.field.setFrameShape(QFrame.Shape.NoFrame)
        self.field.set_text(text)
        self.field.setTabChangesFocus(True)
        lines = max(_FEWEST_LINES, min(_MOST_LINES, text.count("\n") + len(text) // 80 + 1))
        self.field.setFixedHeight((lines + 1) * self.field.fontMetrics().lineSpacing())
        keep_button = push_button(keep, f"{keep} (Ctrl+Enter)", "primary")
        cancel = push_button("Cancel", "Leave the message as it was (Escape)")
        keep_button.clicked.connect(self._save)
        cancel.clicked.connect(self.cancelled)
        self.field.saved.connect(self._save)
        self.field.cancelled.connect(self.cancelled)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(keep_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 8, 8)
        column.addWidget(self.field)
        column.addLayout(row)

    def _save(self) -> None:
        text = self.field.toPlainText().strip()
        if text and text != self._before:
            self.saved.emit(text)
        else:
            self.cancelled.emit()
