"""The text files that go along with the next message."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from views.chat.question import chip_text
from views.frames import AttachmentFrame
from views.widgets import push_button


class AttachmentChips(QWidget):
    """A chip a file, with its token count; a click takes it away again."""

    removed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._attachments: tuple[AttachmentFrame, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addStretch()
        self.hide()

    def set_attachments(self, attachments: tuple[AttachmentFrame, ...]) -> None:
        if attachments == self._attachments:
            return
        self._attachments = attachments
        while self._row.count() > 1:
            item = self._row.takeAt(0)
            if item is not None and (chip := item.widget()) is not None:
                chip.hide()
                chip.deleteLater()
        for place, attachment in enumerate(attachments):
            self._row.insertWidget(place, self._chip(place, attachment))
        self.setVisible(bool(attachments))

    def _chip(self, place: int, attachment: AttachmentFrame) -> QPushButton:
        chip = push_button(chip_text(attachment), f"Do not send {attachment.name} along", "chip", "close")
        chip.clicked.connect(lambda: self.removed.emit(place))
        return chip
