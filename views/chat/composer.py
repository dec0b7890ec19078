"""Where the person writes: Enter sends, Shift+Enter breaks the line, Escape stops the answer."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from views.chat.sampling import SamplingPopover
from views.frames import ComposerFrame
from views.theme import GAP
from views.widgets import describe, push_button, tool_button

_MAX_LINES = 6


class PromptEdit(QPlainTextEdit):
    """A plain text field as tall as its text, up to six lines."""

    submitted = Signal()
    escaped = Signal()

    def __init__(self) -> None:
        super().__init__()
        describe(self, "Message", "Write to the model. Enter sends, Shift+Enter starts a new line.")
        self.setProperty("look", "bare")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(2)
        self.textChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """A file dropped here is meant for the window, which opens it."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def _fit(self) -> None:
        lines = max(1, min(_MAX_LINES, int(self.document().size().height())))
        margins = 2 * int(self.document().documentMargin()) + 2
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + margins)


class Composer(QFrame):
    """The prompt field and its buttons."""

    send_requested = Signal(str)
    stop_requested = Signal()
    new_chat_requested = Signal()
    thinking_toggled = Signal(bool)
    sampling_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._frame = ComposerFrame()
        self.edit = PromptEdit()
        self._sampling = SamplingPopover(self)
        self._new = tool_button("New chat", "Start a new conversation (Ctrl+N)", icon_name="plus")
        self._think = tool_button("Thinking", "Let the model think before it answers")
        self._think.setCheckable(True)
        self._tune = tool_button("Sampling", "How the next token is drawn", icon_name="sliders")
        self._send = push_button("Send", "Send the message (Enter)", "primary")
        self._stop = push_button("Stop", "Stop the answer (Escape)", "plain", "stop")
        self._lay_out()
        self._connect()
        self.set_frame(self._frame)

    def set_frame(self, frame: ComposerFrame) -> None:
        self._frame = frame
        self.edit.setPlaceholderText(frame.hint)
        self.edit.viewport().update()  # Qt forgets to, while the placeholder stays on show
        self._send.setVisible(not frame.can_stop)
        self._stop.setVisible(frame.can_stop)
        self._think.setVisible(frame.thinking_supported)
        with QSignalBlocker(self._think):
            self._think.setChecked(frame.thinking)
        self._sampling.set_values(frame.sampling, frame.default_sampling)
        self._enable_send()

    def send(self) -> None:
        """Send what is written, if the model can take it; the field is emptied."""
        text = self.edit.toPlainText().strip()
        if text and self._frame.can_send:
            self.edit.clear()
            self.send_requested.emit(text)

    def stop(self) -> None:
        """Ask for the answer to stop, if one is running."""
        if self._frame.can_stop:
            self.stop_requested.emit()

    def _enable_send(self) -> None:
        self._send.setEnabled(self._frame.can_send and bool(self.edit.toPlainText().strip()))

    def _show_sampling(self) -> None:
        self._sampling.popup_above(self._tune)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for button in (self._new, self._think, self._tune):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self._send)
        row.addWidget(self._stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 8, 8)
        column.setSpacing(GAP)
        column.addWidget(self.edit)
        column.addLayout(row)

    def _connect(self) -> None:
        self.edit.submitted.connect(self.send)
        self.edit.escaped.connect(self.stop)
        self.edit.textChanged.connect(self._enable_send)
        self._send.clicked.connect(self.send)
        self._stop.clicked.connect(self.stop)
        self._new.clicked.connect(self.new_chat_requested)
        self._think.toggled.connect(self.thinking_toggled)
        self._tune.clicked.connect(self._show_sampling)
        self._sampling.changed.connect(self.sampling_changed)
