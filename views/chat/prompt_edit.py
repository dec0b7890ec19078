"""The field a person writes in."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from views.drop import dropped_files
from views.widgets import describe

LONGEST_PASTE = 16_000  # characters; what is longer goes along as a file instead of filling the field
_MAX_LINES = 6
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class PromptEdit(QPlainTextEdit):
    """A plain text field as tall as its text, up to six lines; Up and Down walk through what was sent."""

    submitted = Signal()
    escaped = Signal()
    files_dropped = Signal(list)
    pasted = Signal(str)  # a text too long for a field

    def __init__(self) -> None:
        super().__init__()
        describe(self, "Message", "Write to the model. Enter sends, Shift+Enter starts a new line.")
        self.setProperty("look", "bare")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(2)
        self._history: tuple[str, ...] = ()
        self._recalled: int | None = None
        self._hint = ""
        self.textChanged.connect(self._fit)
        self._fit()

    def set_history(self, history: tuple[str, ...]) -> None:
        """What was sent before, oldest first."""
        if history != self._history:
            self._history, self._recalled = history, None

    def set_hint(self, hint: str) -> None:
        """What an empty field says, in one line: Qt would cut off what it wraps."""
        self._hint = hint
        self._show_hint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() in _STEPS and self._recall(_STEPS[Qt.Key(event.key())]):
            event.accept()
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()  # Alt+Up and Alt+Down belong to the conversation
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._show_hint()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text files go along with the message; a model dropped here is meant for the window."""
        if source.hasUrls():
            return bool(dropped_files(source))
        return super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasUrls():
            self.files_dropped.emit(dropped_files(source))
            return
        text = source.text()
        if len(text) > LONGEST_PASTE:
            self.pasted.emit(text)
        else:
            self.insertPlainText(text)

    def _recall(self, step: int) -> bool:
        """Show what was sent before or after; only from an empty field, or one that shows such a text."""
        text = self.toPlainText()
        at = len(self._history) if self._recalled is None else self._recalled
        if text and (self._recalled is None or text != self._history[at]):
            return False
        there = at + step
        if not 0 <= there <= len(self._history) or (not text and step > 0):
            return False
        self.setPlainText(self._history[there] if there < len(self._history) else "")
        self._recalled = there if there < len(self._history) else None
        self.moveCursor(self.textCursor().MoveOperation.End)
        return True

    def _show_hint(self) -> None:
        room = self.viewport().width() - 2 * int(self.document().documentMargin()) - 4
        text = self.fontMetrics().elidedText(self._hint, Qt.TextElideMode.ElideRight, room)
        if text != self.placeholderText():
            self.setPlaceholderText(text)

    def _fit(self) -> None:
        lines = max(1, min(_MAX_LINES, int(self.document().size().height())))
        margins = 2 * int(self.document().documentMargin()) + 2
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + margins)
