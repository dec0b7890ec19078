"""The reasoning before an answer, folded away once the answer begins."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QLayout, QToolButton, QVBoxLayout, QWidget

from views.chat.body import MessageBody
from views.chat.style import TextStyle
from views.widgets import describe


class ThoughtFold(QWidget):
    """Open while the model thinks, folded once it answers, or as the person left it."""

    height_changed = Signal()
    link_clicked = Signal(str, QPoint)

    def __init__(self, style: TextStyle) -> None:
        super().__init__()
        self.is_chosen = False
        self._text = ""
        self.button = QToolButton()
        self.button.setProperty("kind", "inline")
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.toggled.connect(self._open)
        self.button.clicked.connect(self._remember)
        describe(self.button, "Reasoning", "Show or hide what the model thought before it answered")
        self.body = MessageBody(style, "The model's reasoning")
        self.body.height_changed.connect(self.height_changed)
        self.body.link_clicked.connect(self.link_clicked)
        self._frame = QFrame()
        self._frame.setProperty("look", "thought")
        inside = self._inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(12, 4, 0, 4)
        inside.addWidget(self.body)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._frame)
        self._open(False)
        self.hide()

    def set_text(self, text: str, thinking: bool, duration_ms: int | None = None) -> None:
        self._text = text
        self.setVisible(bool(text))
        self.button.setText(heading(thinking, duration_ms))
        if not self.is_chosen:
            self.button.setChecked(thinking)
        if self.is_open():
            self.body.set_text(text)

    def inner_layouts(self) -> list[QLayout]:
        """Innermost first."""
        return [self._inside, self._column]

    def is_open(self) -> bool:
        return self.button.isChecked()

    def open(self) -> None:
        """Unfold it for good."""
        self.is_chosen = True
        self.button.setChecked(True)

    def _open(self, shown: bool) -> None:
        if shown:
            self.body.set_text(self._text)
        self.button.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._frame.setVisible(shown)
        self.height_changed.emit()

    def _remember(self) -> None:
        self.is_chosen = True


def heading(thinking: bool, duration_ms: int | None) -> str:
    """What the fold is called."""
    if duration_ms is None:
        return "Thinking…" if thinking else "Thoughts"
    return f"Thinking… {_duration(duration_ms)}" if thinking else f"Thought for {_duration(duration_ms)}"


def _duration(duration_ms: int) -> str:
    seconds = duration_ms / 1000
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
