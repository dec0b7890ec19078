"""Prompts to start from: those that suit the model, and the person's own."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from views.frames import PromptFrame
from views.widgets import describe, label, push_button

_SIZE = (420, 320)
_ROLE = Qt.ItemDataRole.UserRole


class PromptLibrary(QFrame):
    """Enter or a click puts a prompt into the message field; Delete takes one's own away."""

    chosen = Signal(str)
    save_requested = Signal()
    deleted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("look", "card")
        self.setAccessibleName("Prompts")
        self.setFixedSize(*_SIZE)
        self._prompts: tuple[PromptFrame, ...] = ()
        self.list = QListWidget()
        describe(self.list, "Prompt library", "Enter takes a prompt over, Delete removes one of your own")
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        self.save = push_button(
            "Save what I wrote", "Keep the text of the message field as a prompt of your own"
        )
        self.delete = push_button("Delete", "Remove this prompt of your own (Delete)")
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addWidget(self.delete)
        row.addStretch()
        column = QVBoxLayout(self)
        column.addWidget(label("Prompts", "strong"))
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self.list.itemClicked.connect(self._choose)
        self.list.currentRowChanged.connect(self._allow)
        self.save.clicked.connect(self.save_requested)
        self.delete.clicked.connect(self._remove)

    def set_prompts(self, prompts: tuple[PromptFrame, ...]) -> None:
        if prompts == self._prompts:
            return
        self._prompts = prompts
        self.list.clear()
        for prompt in prompts:
            item = QListWidgetItem(f"★ {prompt.title}" if prompt.own else prompt.title)
            item.setToolTip(prompt.text[:1000])
            item.setData(_ROLE, prompt.text)
            self.list.addItem(item)
        self._allow()

    def popup_above(self, place: QPoint, can_save: bool) -> None:
        """Open with the lower left corner at `place`; only something that is written can be saved."""
        self.save.setEnabled(can_save)
        self.move(place - QPoint(0, self.height() + 4))
        self.show()
        self.list.setFocus()
        self.list.setCurrentRow(max(0, self.list.currentRow()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif event.key() == Qt.Key.Key_Delete:
            self._remove()
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.hide()
            self.chosen.emit(item.data(_ROLE))

    def _remove(self) -> None:
        if self._is_own():
            self.deleted.emit(self.list.currentRow())

    def _allow(self) -> None:
        self.delete.setEnabled(self._is_own())

    def _is_own(self) -> bool:
        row = self.list.currentRow()
        return 0 <= row < len(self._prompts) and self._prompts[row].own
