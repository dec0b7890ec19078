"""Every action of the window by name: type a few letters, press Enter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from views.widgets import describe

_WIDTH, _ROWS = 480, 12
_ROLE = Qt.ItemDataRole.UserRole


class CommandPalette(QDialog):
    """Lists actions that can be done now; the arrow keys choose while the cursor stays in the field."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("look", "panel")
        self.setWindowTitle("Command palette")
        self._actions: list[QAction] = []
        self.field = QLineEdit()
        describe(self.field, "Command", "Type a part of what you want to do")
        self.field.setPlaceholderText("What do you want to do?")
        self.list = QListWidget()
        describe(self.list, "Commands")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._do)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._do)

    def open_over(self, window: QWidget, actions: Sequence[QAction]) -> None:
        """Show what can be done, at the upper middle of the window."""
        offered = [a for a in actions if title_of(a) and a.isVisible() and not a.menu() and _is_ours(a)]
        count = Counter(map(title_of, offered))  # what each plot's exports are called does not say which
        able = (a for a in offered if a.isEnabled() and count[title_of(a)] == 1)
        self._actions = sorted(able, key=title_of)
        self.field.clear()
        self._filter("")
        row = self.list.sizeHintForRow(0) if self.list.count() else 20
        self.setFixedSize(_WIDTH, self.field.sizeHint().height() + _ROWS * row + 40)
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - _WIDTH) // 2, corner.y() + window.height() // 8)
        self.show()
        self.field.setFocus()

    def shown(self) -> list[str]:
        """The commands on show, best first."""
        return [self.list.item(row).data(_ROLE) for row in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
            if event.key() in steps and self.list.count():
                row = self.list.currentRow() + steps[Qt.Key(event.key())]
                self.list.setCurrentRow(row % self.list.count())
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        scored = [(rank(text, title_of(action)), action) for action in self._actions]
        found = sorted((pair for pair in scored if pair[0] is not None), key=lambda pair: pair[0] or 0)
        self.list.clear()
        for _, action in found:
            keys = action.shortcut().toString()
            item = QListWidgetItem(f"{title_of(action)}    {keys}" if keys else title_of(action))
            item.setData(_ROLE, title_of(action))
            item.setToolTip(action.toolTip())
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _do(self) -> None:
        item = self.list.currentItem()
        self.hide()
        if item is not None:
            next(action for action in self._actions if title_of(action) == item.data(_ROLE)).trigger()


def title_of(action: QAction) -> str:
    """What an action is called, without its mnemonic."""
    return action.text().replace("&", "").rstrip("…")


def _is_ours(action: QAction) -> bool:
    """The charts bring menus of their own, which mean nothing without a chart under the mouse."""
    parent = action.parent()
    while parent is not None:
        if type(parent).__module__.startswith("pyqtgraph"):
            return False
        parent = parent.parent()
    return True


def rank(wanted: str, title: str) -> int | None:
    """How well letters typed in order match a title, less is better; None if they do not."""
    words, text = wanted.lower().split(), title.lower()
    if all(word in text for word in words):
        return sum(text.index(word) for word in words)
    at = -1
    for letter in "".join(words):
        at = text.find(letter, at + 1)
        if at < 0:
            return None
    return 1000 + at
