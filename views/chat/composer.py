"""Where the person writes: Enter sends, Shift+Enter breaks the line, Escape stops the answer."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from views.chat.chips import AttachmentChips
from views.chat.prompt_edit import PromptEdit
from views.chat.sampling import SamplingPopover
from views.frames import ComposerFrame
from views.theme import GAP
from views.widgets import push_button, tool_button

_MARGIN = 8
_LEAST_WIDTH = 330


class Composer(QFrame):
    """The prompt field, what goes along with the message, and the buttons."""

    send_requested = Signal(str)
    stop_requested = Signal()
    new_chat_requested = Signal()
    thinking_toggled = Signal(bool)
    tint_toggled = Signal(bool)
    sampling_changed = Signal(object)
    library_requested = Signal()
    attach_requested = Signal(list)
    paste_attached = Signal(str)
    attachment_removed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._frame = ComposerFrame()
        self.edit = PromptEdit()
        self._buttons = QHBoxLayout()
        self._chips = AttachmentChips()
        self.settings = SamplingPopover(self)
        self._new = tool_button("New chat", "Start a new conversation (Ctrl+N)", icon_name="plus")
        self._think = tool_button("Thinking", "Let the model think before it answers")
        self._think.setCheckable(True)
        self._tint = tool_button(
            "Tint", "Colour every token by how far this scheme strayed from the reference", icon_name="tokens"
        )
        self._tint.setCheckable(True)
        self._tune = tool_button(
            "Sampling", "System prompt, presets, and how the next token is drawn", icon_name="sliders"
        )
        self._library = tool_button("Prompts", "Prompts to start from, and your own", icon_name="book")
        self._send = push_button("Send", "Send the message (Enter)", "primary")
        self._stop = push_button("Stop", "Stop the answer (Escape)", "plain", "stop")
        self._lay_out()
        self._connect()
        self.set_frame(self._frame)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_buttons()

    def minimumSizeHint(self) -> QSize:
        """Room for buttons without their words."""
        return QSize(_LEAST_WIDTH, super().minimumSizeHint().height())

    def set_frame(self, frame: ComposerFrame) -> None:
        self._frame = frame
        self.edit.set_hint(frame.hint)
        self.edit.viewport().update()  # Qt forgets to, while the placeholder stays on show
        self._send.setVisible(not frame.can_stop)
        self._stop.setVisible(frame.can_stop)
        self._think.setVisible(frame.thinking_supported)
        with QSignalBlocker(self._think):
            self._think.setChecked(frame.thinking)
        self._tint.setVisible(frame.can_tint)
        with QSignalBlocker(self._tint):
            self._tint.setChecked(frame.tinted)
        self.settings.set_frame(frame)
        self._fit_buttons()
        self._chips.set_attachments(frame.attachments)
        self.edit.set_history(frame.history)
        self._enable_send()

    def send(self) -> None:
        """Send what is written, if the model can take it; the field is emptied."""
        text = self.edit.toPlainText().strip()
        if (text or self._frame.attachments) and self._frame.can_send:
            self.edit.clear()
            self.send_requested.emit(text)

    def write(self, text: str) -> None:
        """Put a text into the field, to be changed or sent."""
        self.edit.setPlainText(text)
        self.edit.moveCursor(self.edit.textCursor().MoveOperation.End)
        self.edit.setFocus()

    def toggle_thinking(self) -> None:
        if self._frame.thinking_supported:
            self._think.toggle()

    def stop(self) -> None:
        """Ask for the answer to stop, if one is running."""
        if self._frame.can_stop:
            self.stop_requested.emit()

    def _enable_send(self) -> None:
        something = bool(self._frame.attachments) or bool(self.edit.toPlainText().strip())
        self._send.setEnabled(self._frame.can_send and something)

    def show_settings(self) -> None:
        """Open the settings of the conversation above their button."""
        self.settings.popup_above(self._tune)

    def _fit_buttons(self) -> None:
        """Icons alone where the words do not fit; tooltips and names say the same."""
        beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        for style in (beside, alone):
            for button in (self._new, self._tune, self._tint, self._library):
                button.setToolButtonStyle(style)
            self._buttons.invalidate()  # Qt would notice later which buttons are shown now
            if self._buttons.sizeHint().width() + 2 * _MARGIN <= self.width():
                return

    def _lay_out(self) -> None:
        row = self._buttons
        row.setSpacing(GAP)
        for button in (self._new, self._think, self._tune, self._tint, self._library):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self._send)
        row.addWidget(self._stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(GAP)
        column.addWidget(self._chips)
        column.addWidget(self.edit)
        column.addLayout(row)

    def _connect(self) -> None:
        self.edit.submitted.connect(self.send)
        self.edit.escaped.connect(self.stop)
        self.edit.textChanged.connect(self._enable_send)
        self._send.clicked.connect(self.send)
        self._stop.clicked.connect(self.stop)
        self._new.clicked.connect(self.new_chat_requested)
        self._tint.toggled.connect(self.tint_toggled)
        self._library.clicked.connect(self.library_requested)
        self._chips.removed.connect(self.attachment_removed)
        self.edit.files_dropped.connect(self.attach_requested)
        self.edit.pasted.connect(self.paste_attached)
        self._think.toggled.connect(self.thinking_toggled)
        self._tune.clicked.connect(self.show_settings)
        self.settings.changed.connect(self.sampling_changed)
