"""Pages of which one is on show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget


class PageStack(QStackedWidget):
    """Asks for the room of the page on show alone: a page nobody sees must not widen the window.

    A page that is added by a key is made when it is first asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self._makers: dict[str, Callable[[], QWidget]] = {}
        self._made: dict[str, QWidget] = {}
        self.currentChanged.connect(self.updateGeometry)

    def add(self, key: str, make: Callable[[], QWidget]) -> None:
        """A page for later."""
        self._makers[key] = make

    def page(self, key: str) -> QWidget:
        """The page of a key, the same every time; KeyError if there is none."""
        if key not in self._made:
            self._made[key] = self._makers[key]()
            self.addWidget(self._made[key])
        return self._made[key]

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint().expandedTo(page.minimumSize()) if page else QSize()
