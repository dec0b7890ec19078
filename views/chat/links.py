"""Shows where a link leads before anything is opened."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from views.chat.clean import readable
from views.widgets import label, push_button

_SCHEMES = ("http", "https", "mailto")
_WIDTH = 420


class LinkPrompt(QFrame):
    """A small window with the address; only web and mail addresses can be opened, any can be copied."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("look", "card")
        self.setAccessibleName("Link")
        self.setFixedWidth(_WIDTH)
        self._address = ""
        self._text = label("", wrap=True)
        self._note = label("Only web and mail addresses can be opened from here.", "muted", wrap=True)
        self._open = push_button("Open", "Open this address outside Quantscope", "primary")
        self._copy = push_button("Copy address", "Put the address on the clipboard", "plain", "copy")
        self._open.clicked.connect(self._go)
        self._copy.clicked.connect(self._take)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self._copy)
        row.addWidget(self._open)
        column = QVBoxLayout(self)
        for part in (label("This link leads to", "muted"), self._text, self._note):
            column.addWidget(part)
        column.addLayout(row)

    def ask(self, address: str, where: QPoint) -> None:
        """Show the address at a place on the screen."""
        self._address = address
        self._text.setText(_breakable(readable(address)))
        self._text.setAccessibleName(address)
        allowed = QUrl(address).scheme().lower() in _SCHEMES
        self._open.setVisible(allowed)
        self._note.setVisible(not allowed)
        self.adjustSize()
        self.move(where + QPoint(0, 12))
        self.show()
        (self._open if allowed else self._copy).setFocus()

    def _go(self) -> None:
        self.hide()
        QDesktopServices.openUrl(QUrl(self._address))

    def _take(self) -> None:
        self.hide()
        QGuiApplication.clipboard().setText(self._address)


def _breakable(address: str) -> str:
    """Lets a label wrap an address, which has no spaces."""
    return "\u200b".join(address[start : start + 12] for start in range(0, len(address), 12))
