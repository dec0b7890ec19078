"""Pages below the bar that come into being when they are first looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from views.theme import GAP
from views.widgets import as_card, tool_button


class Pages(QWidget):
    """A row of titles over one page at a time. `turned` names the page that is on show now."""

    turned = Signal(str)

    def __init__(self, titles: Mapping[str, tuple[str, str]], make: Callable[[str], QWidget]) -> None:
        """`titles`: key to title and tooltip; `make` builds the page of a key."""
        super().__init__()
        self._make = make
        self._built: dict[str, QWidget] = {}
        self._stack = QStackedWidget()
        self._buttons = {key: tool_button(title, tip) for key, (title, tip) in titles.items()}
        self._group = QButtonGroup(self)
        self.key = next(iter(titles))
        self._lay_out()

    def page(self, key: str) -> QWidget | None:
        """The page if it has been looked at."""
        return self._built.get(key)

    def show_page(self, key: str) -> None:
        if key not in self._built:
            self._built[key] = self._make(key)
            self._stack.addWidget(self._built[key])
        self._stack.setCurrentWidget(self._built[key])
        self._buttons[key].setChecked(True)
        changed, self.key = key != self.key, key
        if changed:
            self.turned.emit(key)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_page(self.key)

    def hasHeightForWidth(self) -> bool:
        """A page can do with less than it would like, which Qt would take for the least."""
        return False

    def button(self, key: str) -> QWidget:
        return self._buttons[key]

    def _lay_out(self) -> None:
        as_card(self)
        row = QHBoxLayout()
        row.setSpacing(2)
        for key, button in self._buttons.items():
            button.setCheckable(True)
            self._group.addButton(button)
            button.clicked.connect(lambda _on, key=key: self.show_page(key))
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(GAP)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
