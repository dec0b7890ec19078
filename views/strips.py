"""The strips above the chat: what went wrong and what to do about it, and a model on its way in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout

from views.frames import BannerFrame, Choice, LoadFrame
from views.memory import size_text
from views.theme import GAP
from views.widgets import describe, label, push_button, tool_button

_STEPS = 1000
_LEAST_BYTES = 4096  # of a checkpoint


class Banner(QFrame):
    """One sentence, its action if there is one, more of them below, and a cross."""

    action_requested = Signal(str)
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._frame: BannerFrame | None = None
        self._sentence = label("", wrap=True)
        self._action = push_button("", "What can be done about it")
        self._close = tool_button("", "Dismiss this message", icon_name="close")
        self._more: list[QPushButton] = []
        self._ways = QHBoxLayout()
        self._ways.addWidget(self._action)
        self._ways.addStretch(1)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 6, 6, 6)
        self._grid.addWidget(self._sentence, 0, 0)
        self._grid.addWidget(self._close, 0, 2, Qt.AlignmentFlag.AlignTop)
        self._grid.setColumnStretch(0, 1)
        self._action.clicked.connect(self._act)
        self._close.clicked.connect(self._dismiss)
        self.hide()

    def set_frame(self, frame: BannerFrame | None) -> None:
        """Show `frame`; None hides the strip."""
        self._frame = frame
        self.setVisible(frame is not None)
        if frame is None:
            return
        self._sentence.setText(frame.sentence)
        self.setAccessibleName(f"{frame.severity.capitalize()}: {frame.sentence}")
        self._action.setText(frame.action_label)
        self._action.setAccessibleName(frame.action_label)
        self._action.setVisible(bool(frame.action_label))
        self._offer(frame.more)
        self.setProperty("look", f"banner-{frame.severity}")
        self.style().unpolish(self)
        self.style().polish(self)

    def buttons(self) -> tuple[QPushButton, ...]:
        """What can be done, the first thing first."""
        return (self._action, *self._more)

    def _offer(self, more: tuple[Choice, ...]) -> None:
        """Several actions take a row of their own below the sentence."""
        for button in self._more:
            self._ways.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._more = []
        for choice in more:
            button = push_button(choice.label, choice.tooltip or choice.label)
            button.clicked.connect(lambda _on, key=choice.key: self.action_requested.emit(key))
            self._more.append(button)
            self._ways.insertWidget(len(self._more), button)
        self._grid.removeItem(self._ways)
        self._grid.addLayout(self._ways, *((1, 0, 1, 3) if more else (0, 1, 1, 1)))

    def _act(self) -> None:
        if self._frame is not None:
            self.action_requested.emit(self._frame.action_key)

    def _dismiss(self) -> None:
        self.set_frame(None)
        self.dismissed.emit()


class LoadStrip(QFrame):
    """The stage a loading model is in, how far it is, and a way out."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._title = label("", "strong")
        self._stage = label("", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        describe(self._bar, "Loading progress")
        self._cancel = push_button("Cancel", "Stop loading this model")
        self._cancel.clicked.connect(self.cancelled)
        words = QHBoxLayout()
        words.setSpacing(GAP)
        words.addWidget(self._title)
        words.addWidget(self._stage)
        words.addStretch()
        column = QVBoxLayout()
        column.addLayout(words)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(12)
        row.addLayout(column, 1)
        row.addWidget(self._cancel)
        self.hide()

    def set_frame(self, frame: LoadFrame | None) -> None:
        """Show how far `frame` is; None hides the strip."""
        self.setVisible(frame is not None)
        if frame is None:
            return
        self._title.setText(frame.model_name)
        self._stage.setText(progress_text(frame))
        self._bar.setRange(0, _STEPS if frame.total_bytes else 0)
        self._bar.setValue(_STEPS * frame.done_bytes // frame.total_bytes if frame.total_bytes else 0)
        self._cancel.setEnabled(frame.cancellable)

    def focus_cancel(self) -> None:
        """Put the keyboard on the way out."""
        self._cancel.setFocus()

    def text(self) -> str:
        return self._stage.text()


def progress_text(frame: LoadFrame) -> str:
    """The stage, and bytes done of all once the end is known; steps where they are too few to be bytes."""
    if not frame.total_bytes:
        return frame.stage
    if frame.total_bytes < _LEAST_BYTES:
        return f"{frame.stage} · {frame.done_bytes} of {frame.total_bytes}"
    return f"{frame.stage} · {size_text(frame.done_bytes)} of {size_text(frame.total_bytes)}"
