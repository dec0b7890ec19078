"""What can be done with a message: a row of small buttons under it, and the same as a menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from views.chat.wishes import MessageWishes
from views.frames import MessageFrame
from views.icons import icon
from views.widgets import describe, label, tool_button


@dataclass(frozen=True)
class Allowed:
    """What the conversation allows at the moment: changing messages, answering this one again."""

    change: bool = False
    regenerate: bool = False


class MessageTools(QWidget):
    """Shown on request; the arrows between siblings and the note stay."""

    def __init__(
        self, wishes: MessageWishes, copy: Callable[[], None], edit: Callable[[], None], answer: bool
    ) -> None:
        super().__init__()
        self._wishes = wishes
        self._frame = MessageFrame("assistant", "")
        self._note = label("", "muted")
        self._before = self._button("Show the variant before", "back", lambda: self._step(-1))
        self._next = self._button("Show the next variant", "forward", lambda: self._step(1))
        self._place = QLabel()
        describe(self._place, "Variant", "Which variant of this message is shown, and how many there are")
        noun = "answer" if answer else "message"
        self._copy = self._button(f"Copy this {noun}", "copy", copy)
        self._edit = self._button(f"Edit this {noun}", "pencil", edit)
        self._again = self._button("Answer again", "retry", lambda: wishes.regenerate.emit(self._frame.key))
        self._go_on = self._button(
            "Continue this answer", "play", lambda: wishes.continue_.emit(self._frame.key)
        )
        self._fork = self._button(
            "Fork into a new conversation", "fork", lambda: wishes.fork.emit(self._frame.key)
        )
        self._delete = self._button(f"Delete this {noun}", "bin", lambda: wishes.delete.emit(self._frame.key))
        self._tokens = self._button("Show its tokens", "tokens", lambda: None)
        self._tokens.setCheckable(True)
        self._tokens.clicked.connect(lambda on: wishes.tokens.emit(self._frame.key, on))
        self._shown = False
        self._lay_out(answer)

    def set_frame(self, frame: MessageFrame, note: str, allowed: Allowed) -> None:
        self._frame, self._allowed = frame, allowed
        self._note.setText(note)
        self._place.setText(f"{frame.sibling} / {frame.sibling_count}")
        self._before.setEnabled(frame.sibling > 1)
        self._next.setEnabled(frame.sibling < frame.sibling_count)
        self._tokens.setChecked(frame.tokens is not None)
        self.show_buttons(self._shown)

    def show_buttons(self, shown: bool) -> None:
        """While hidden the buttons keep their room, so that nothing moves."""
        self._shown = shown
        for button, possible in self._possible():
            button.setVisible(possible and shown)
        variants = self._frame.sibling_count > 1
        for part in (self._before, self._place, self._next):
            part.setVisible(variants)

    def menu(self, parent: QWidget) -> QMenu:
        """The same as a menu."""
        menu = QMenu(parent)
        for button, possible in self._possible():
            if possible:
                action = QAction(icon(button.property("icon_name")), button.accessibleName(), menu)
                action.triggered.connect(button.click)
                menu.addAction(action)
        return menu

    def _possible(self) -> list[tuple[QToolButton, bool]]:
        frame, allowed = self._frame, self._allowed
        done = frame.state != "streaming"
        can_change = allowed.change and done and frame.key > 0
        answer = frame.role == "assistant"
        return [
            (self._copy, done and bool(frame.text)),
            (self._edit, can_change),
            (self._again, answer and done and (can_change or allowed.regenerate)),
            (self._go_on, answer and can_change and frame.can_continue),
            (self._tokens, answer and done and frame.has_tokens),
            (self._fork, can_change),
            (self._delete, can_change),
        ]

    def _step(self, step: int) -> None:
        self._wishes.sibling.emit(self._frame.key, step)

    def _button(self, name: str, icon_name: str, slot: Callable[[], None]) -> QToolButton:
        button = tool_button("", name, "inline")
        button.setIcon(icon(icon_name, QPalette.ColorRole.PlaceholderText))
        button.setProperty("icon_name", icon_name)
        button.clicked.connect(lambda _checked=False: slot())
        return button

    def _lay_out(self, answer: bool) -> None:
        self._allowed = Allowed()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        variants = [self._before, self._place, self._next]
        buttons = [button for button, _ in self._possible()]
        parts = [*variants, *buttons, self._note] if answer else [self._note, *buttons, *variants]
        if not answer:
            row.addStretch()
        for part in parts:
            row.addWidget(part)
        if answer:
            row.addStretch()
        self.setMinimumHeight(self._copy.sizeHint().height())
