"""The answer in large type, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from views.calculator.marks import mood_colour
from views.frames import Choice
from views.frames.calculator import Mood, VerdictFrame
from views.theme import GAP, Theme
from views.widgets import label, push_button, tool_button


class Verdict(QWidget):
    """The sentence in the colour of its mood, what it rests on, and what to do with it all."""

    copy_requested = Signal()
    reset_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._mood: Mood = "neutral"
        self._sentence = label("", "headline", wrap=True)
        self._detail = label("", "muted", wrap=True)
        self._copy = tool_button("Copy as text", "Copy every term with its formula", icon_name="copy")
        self._reset = tool_button("Start over", "Put every input back", icon_name="retry")
        self._copy.clicked.connect(self.copy_requested)
        self._reset.clicked.connect(self.reset_requested)
        self._lay_out()
        theme.changed.connect(self._dress)

    def set_frame(self, frame: VerdictFrame) -> None:
        self._mood = frame.mood
        self._sentence.setText(frame.sentence)
        self._detail.setText(frame.detail)
        self._dress()

    def sentence(self) -> str:
        return self._sentence.text()

    def detail(self) -> str:
        return self._detail.text()

    def say_copied(self, just_now: bool) -> None:
        self._copy.setText("Copied" if just_now else "Copy as text")

    def copy_button(self) -> QWidget:
        return self._copy

    def reset_button(self) -> QWidget:
        return self._reset

    def _dress(self) -> None:
        colours = self._theme.colours
        ink = colours.text if self._mood == "neutral" else mood_colour(colours, self._mood).name()
        self._sentence.setStyleSheet(f"color: {ink}")

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._sentence)
        words.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(words, 1)
        row.addWidget(self._copy)
        row.addWidget(self._reset)


class Ways(QWidget):
    """What gave way so that it fits, or one-click ways to make it fit. Below the bar: it comes and goes, and
    an edge must stay under the pointer."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._actions: tuple[Choice, ...] = ()
        self._moved = label("", wrap=True)
        self._title = label("Make it fit:", "muted")
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self._row.addWidget(self._moved, 1)
        self._row.addWidget(self._title)
        self._row.addStretch(1)
        self.hide()

    def set_frame(self, frame: VerdictFrame) -> None:
        if frame.actions != self._actions:
            self._actions = frame.actions
            self._offer()
        self._moved.setText(frame.moved)
        self._moved.setVisible(bool(frame.moved))
        self._title.setVisible(bool(frame.actions))
        self.setVisible(bool(frame.moved or frame.actions))

    def moved(self) -> str:
        return self._moved.text()

    def buttons(self) -> tuple[QPushButton, ...]:
        """The one-click ways on offer."""
        return tuple(self._buttons)

    def _offer(self) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for index, way in enumerate(self._actions):
            button = push_button(way.label, way.tooltip or way.label, "chip")
            button.clicked.connect(lambda _on, key=way.key: self.chosen.emit(key))
            self._buttons.append(button)
            self._row.insertWidget(2 + index, button)
