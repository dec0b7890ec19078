"""One turn: what the person said in a bubble, or what the model answered, its thoughts folded."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from views.chat.document import MessageText
from views.frames import MessageFrame
from views.theme import Theme
from views.widgets import describe, label, tool_button

_BUBBLE_SHARE = 0.8


class UserMessage(QWidget):
    """The person's words in a bubble at the right, as wide as they need and no wider than most of the row."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._text = MessageText(theme, "You said")
        self._bubble = QFrame()
        self._bubble.setProperty("look", "bubble")
        inside = QVBoxLayout(self._bubble)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._bubble)

    def set_frame(self, frame: MessageFrame) -> None:
        if frame.text != self._text.toPlainText():
            self._text.stream(frame.text)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._text.setFixedWidth(
            min(self._text.ideal_width(), max(120, int(self.width() * _BUBBLE_SHARE) - 24))
        )
        self._text.document().setTextWidth(self._text.width())


class AssistantMessage(QWidget):
    """The answer: folded thoughts, the text, a stated failure if there was one, and small print."""

    regenerate_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._frame = MessageFrame("assistant", "")
        self._thought = ThoughtFold(theme)
        self._text = MessageText(theme, "The model answered")
        self._error = label("", "danger", wrap=True)
        self._note = label("", "muted")
        self._copy = tool_button("", "Copy this answer", "inline", "copy")
        self._again = tool_button("", "Answer again", "inline", "retry")
        self._copy.clicked.connect(self._copy_text)
        self._again.clicked.connect(self.regenerate_requested)
        self._lay_out()

    def set_frame(self, frame: MessageFrame, can_regenerate: bool = False) -> None:
        streaming = frame.state == "streaming"
        if frame != self._frame:
            self._frame = frame
            self._thought.set_text(frame.reasoning, thinking=streaming and not frame.text)
            (self._text.stream if streaming else self._text.finish)(frame.text)
        self._text.setVisible(bool(frame.text))
        self._error.setText(frame.error)
        self._error.setVisible(bool(frame.error))
        self._note.setText(_note(frame))
        self._copy.setVisible(not streaming and bool(frame.text))
        self._again.setVisible(not streaming and can_regenerate)

    def _lay_out(self) -> None:
        footer = QHBoxLayout()
        footer.setSpacing(8)
        footer.addWidget(self._copy)
        footer.addWidget(self._again)
        footer.addWidget(self._note)
        footer.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._thought, self._text, self._error):
            column.addWidget(part)
        column.addLayout(footer)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self._frame.text)


class ThoughtFold(QWidget):
    """The reasoning: open while the model thinks, folded once it answers, or as the person left it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._chosen = False
        self._button = QToolButton()
        self._button.setProperty("kind", "inline")
        self._button.setCheckable(True)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.toggled.connect(self._open)
        self._button.clicked.connect(self._remember)
        describe(self._button, "Reasoning", "Show or hide what the model thought before it answered")
        self._text = MessageText(theme, "The model's reasoning")
        self._frame = QFrame()
        self._frame.setProperty("look", "thought")
        inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(10, 2, 0, 2)
        inside.addWidget(self._text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._button)
        column.addWidget(self._frame)
        self._open(False)
        self.hide()

    def set_text(self, text: str, thinking: bool) -> None:
        self.setVisible(bool(text))
        self._text.stream(text)
        self._button.setText("Thinking…" if thinking else "Thoughts")
        if not self._chosen:
            self._button.setChecked(thinking)

    def is_open(self) -> bool:
        return self._button.isChecked()

    def _open(self, shown: bool) -> None:
        self._button.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._frame.setVisible(shown)

    def _remember(self) -> None:
        self._chosen = True


def _note(frame: MessageFrame) -> str:
    if frame.state == "cancelled":
        return f"Stopped · {frame.note}" if frame.note else "Stopped"
    if frame.state == "streaming" and not (frame.text or frame.reasoning):
        return frame.note or "…"
    return frame.note
