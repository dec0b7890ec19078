"""The text files that go along with the next message."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from views.chat.question import chip_text
from views.frames import AttachmentFrame
from views.widgets import push_button

_GAP = 6
_MOST_LETTERS = 32  # of a name


class AttachmentChips(QWidget):
    """A chip a file, with its token count; a click takes it away again. As many rows as they need."""

    removed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._attachments: tuple[AttachmentFrame, ...] = ()
        self._chips: list[QPushButton] = []
        self.hide()

    def set_attachments(self, attachments: tuple[AttachmentFrame, ...]) -> None:
        if attachments == self._attachments:
            return
        self._attachments = attachments
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(place, attachment) for place, attachment in enumerate(attachments)]
        self._arrange()
        self.setVisible(bool(attachments))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()

    def _arrange(self) -> None:
        left = top = height = 0
        for chip in self._chips:
            wanted = chip.sizeHint()
            width, height = min(wanted.width(), self.width()), wanted.height()
            if left and left + width > self.width():
                left, top = 0, top + height + _GAP
            chip.setGeometry(QRect(left, top, width, height))
            left += width + _GAP
        self.setFixedHeight(top + height)

    def _chip(self, place: int, attachment: AttachmentFrame) -> QPushButton:
        text = chip_text(replace(attachment, name=shortened(attachment.name)))
        chip = push_button(text, f"Do not send {attachment.name} along", "chip", "close")
        chip.setParent(self)
        chip.clicked.connect(lambda: self.removed.emit(place))
        chip.show()
        return chip


def shortened(name: str) -> str:
    """A long name without its middle: what kind of file it is stands at the end."""
    half = _MOST_LETTERS // 2
    return name if len(name) <= _MOST_LETTERS else f"{name[: half - 1]}…{name[-half:]}"
