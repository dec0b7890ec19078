"""Below the list: an undo for what was deleted, and how far an import or export is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from views.frames.conversations import WorkFrame
from views.widgets import ElidedLabel, describe, push_button

_STEPS = 1000


class UndoBar(QFrame):
    """What was deleted, and a button that brings it back."""

    undone = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "banner-info")
        self._text = ElidedLabel()
        undo = push_button("Undo", "Bring back what was deleted (Ctrl+Z)", "link")
        undo.clicked.connect(self.undone)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.addWidget(self._text, 1)
        row.addWidget(undo)

    def set_text(self, text: str) -> None:
        """An empty text hides the bar."""
        self._text.set_text(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))


class WorkBar(QFrame):
    """What is under way, how much of it is done, and a way out."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "banner-info")
        self._text = ElidedLabel()
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        cancel = push_button("Cancel", "Stop, and leave everything as it was", "link")
        cancel.clicked.connect(self.cancelled)
        words = QHBoxLayout()
        words.addWidget(self._text, 1)
        words.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 3, 8, 6)
        column.setSpacing(2)
        column.addLayout(words)
        column.addWidget(self._bar)
        self.set_frame(None)

    def set_frame(self, frame: WorkFrame | None) -> None:
        """None hides the bar."""
        self.setVisible(frame is not None)
        if frame is not None:
            self._text.set_text(frame.text)
            self._bar.setValue(round(_STEPS * frame.share))
            describe(self._bar, frame.text)
