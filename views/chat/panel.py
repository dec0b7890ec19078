"""The chat: transcript, sample prompts while it is empty, composer and gauges."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from views.chat.composer import Composer
from views.chat.gauges import Gauges
from views.chat.library import PromptLibrary
from views.chat.transcript import Transcript
from views.frames import ChatFrame, ComposerFrame, PromptFrame, StatusFrame
from views.theme import GAP, Theme
from views.widgets import label, push_button


class ChatPanel(QWidget):
    """Everything about talking to the model. `key` is that of a `MessageFrame`."""

    send_requested = Signal(str)
    stop_requested = Signal()
    new_chat_requested = Signal()
    edit_requested = Signal(int, str)  # key, the new text
    regenerate_requested = Signal(int)
    continue_requested = Signal(int)
    delete_requested = Signal(int)
    fork_requested = Signal(int)
    sibling_requested = Signal(int, int)  # key, -1 for the one before or 1 for the next
    tokens_toggled = Signal(int, bool)
    token_opened = Signal(int, int, object)  # key, index of the token, QRect on the screen
    word_opened = Signal(int, int, object)  # key, where in the answer's text, QRect on the screen
    reference_chosen = Signal(str)  # the model that answers are compared with
    thinking_toggled = Signal(bool)
    tint_toggled = Signal(bool)
    sampling_changed = Signal(object)
    preset_chosen = Signal(str)
    system_prompt_changed = Signal(str)
    context_policy_chosen = Signal(str)
    attach_requested = Signal(list)  # paths of text files
    paste_attached = Signal(str)  # a text too long for the prompt field
    attachment_removed = Signal(int)  # its place in ComposerFrame.attachments
    prompt_saved = Signal(str)
    prompt_deleted = Signal(int)  # its place in the library

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._transcript = Transcript(theme)
        self._samples = SamplePrompts()
        self._composer = Composer()
        self._gauges = Gauges()
        self._library = PromptLibrary(self)
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()

    def set_chat(self, frame: ChatFrame) -> None:
        self._samples.set_prompts(frame.samples)
        self._transcript.set_frame(frame)
        self._pages.setCurrentWidget(self._transcript if frame.messages else self._samples)

    def set_composer(self, frame: ComposerFrame) -> None:
        self._composer.set_frame(frame)
        self._samples.setEnabled(frame.can_send)

    def set_status(self, frame: StatusFrame) -> None:
        self._gauges.set_frame(frame)

    def set_library(self, prompts: tuple[PromptFrame, ...]) -> None:
        self._library.set_prompts(prompts)

    def commands(self) -> list[tuple[str, str, str, Callable[[], object]]]:
        """What the chat can do beside sending: name, key, explanation, and how."""
        transcript, composer = self._transcript, self._composer
        return [
            ("&Write a message", "Ctrl+L", "Put the cursor into the message field", self.focus_prompt),
            ("&Stop the answer", "", "Stop the answer (Escape)", self.stop),
            ("&Answer again", "Ctrl+R", "Answer the last question again", self._regenerate_last),
            ("&Copy the last answer as Markdown", "Ctrl+Shift+C", "As it was written", self._copy_last),
            (
                "&Previous message",
                "Alt+Up",
                "Move to the message before",
                lambda: transcript.focus_message(-1),
            ),
            ("&Next message", "Alt+Down", "To the next message", lambda: transcript.focus_message(1)),
            ("&Think before answering", "Ctrl+T", "Switch thinking on or off", composer.toggle_thinking),
            ("Settings of the con&versation", "Ctrl+,", "Prompt, presets, sampling", composer.show_settings),
            ("Prompt &library", "Ctrl+P", "Prompts to start from, and your own", self._show_library),
            ("Attach &files…", "Ctrl+Shift+O", "Send text files along", self._choose_files),
        ]

    def show_message(self, key: int) -> None:
        """Bring a message into sight."""
        self._transcript.show_message(key)

    def focus_prompt(self) -> None:
        """Put the cursor where the person writes."""
        self._composer.edit.setFocus()

    def stop(self) -> None:
        """Ask for the running answer to stop, wherever the keyboard focus is."""
        self._composer.stop()

    def _lay_out(self) -> None:
        self._pages.addWidget(self._samples)
        self._pages.addWidget(self._transcript)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 6)
        column.setSpacing(GAP)
        column.addWidget(self._pages, 1)
        column.addWidget(self._composer)
        column.addWidget(self._gauges)

    def _connect(self) -> None:
        self._composer.send_requested.connect(self._send)
        self._samples.chosen.connect(self._send)
        self._composer.stop_requested.connect(self.stop_requested)
        self._composer.new_chat_requested.connect(self.new_chat_requested)
        self._composer.thinking_toggled.connect(self.thinking_toggled)
        self._composer.sampling_changed.connect(self.sampling_changed)
        self._connect_settings()
        wishes = self._transcript.wishes
        for wish, signal in (
            (wishes.edit, self.edit_requested),
            (wishes.regenerate, self.regenerate_requested),
            (wishes.continue_, self.continue_requested),
            (wishes.fork, self.fork_requested),
            (wishes.delete, self.delete_requested),
            (wishes.sibling, self.sibling_requested),
            (wishes.tokens, self.tokens_toggled),
            (wishes.token_opened, self.token_opened),
            (wishes.word_opened, self.word_opened),
            (wishes.reference, self.reference_chosen),
        ):
            wish.connect(signal)

    def _regenerate_last(self) -> None:
        self.regenerate_requested.emit(0)

    def _copy_last(self) -> None:
        QGuiApplication.clipboard().setText(self._transcript.last_answer())

    def _show_library(self) -> None:
        corner = self._composer.mapToGlobal(self._composer.rect().topLeft())
        self._library.popup_above(corner, bool(self._composer.edit.toPlainText().strip()))

    def _save_prompt(self) -> None:
        self.prompt_saved.emit(self._composer.edit.toPlainText().strip())

    def _choose_files(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, "Send text files along")
        if paths:
            self.attach_requested.emit(paths)

    def _connect_settings(self) -> None:
        self._composer.library_requested.connect(self._show_library)
        self._library.chosen.connect(self._composer.write)
        self._library.save_requested.connect(self._save_prompt)
        self._library.deleted.connect(self.prompt_deleted)
        self._gauges.stop_requested.connect(self.stop_requested)
        composer, settings = self._composer, self._composer.settings
        composer.tint_toggled.connect(self.tint_toggled)
        composer.attach_requested.connect(self.attach_requested)
        composer.paste_attached.connect(self.paste_attached)
        composer.attachment_removed.connect(self.attachment_removed)
        settings.preset_chosen.connect(self.preset_chosen)
        settings.system_prompt_changed.connect(self.system_prompt_changed)
        settings.context_policy_chosen.connect(self.context_policy_chosen)

    def _send(self, text: str) -> None:
        self._transcript.follow()
        self.send_requested.emit(text)


class SamplePrompts(QWidget):
    """What one could ask, a click away, while nothing has been asked yet."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._prompts: tuple[str, ...] = ()
        self._chips = QVBoxLayout()
        self._chips.setSpacing(8)
        title = label("What would you like to know?", "title", wrap=True)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setSpacing(16)
        column.addStretch(2)
        column.addWidget(title)
        column.addLayout(self._chips)
        column.addStretch(3)

    def set_prompts(self, prompts: tuple[str, ...]) -> None:
        if prompts == self._prompts:
            return
        self._prompts = prompts
        while (item := self._chips.takeAt(0)) is not None:
            if (chip := item.widget()) is not None:
                chip.deleteLater()
        for prompt in prompts:
            self._add(prompt)

    def _add(self, prompt: str) -> None:
        chip = push_button(prompt, f"Ask: {prompt}", "chip")
        chip.clicked.connect(lambda: self.chosen.emit(prompt))
        self._chips.addWidget(chip, 0, Qt.AlignmentFlag.AlignHCenter)
