"""Help > Keyboard shortcuts: what every key does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from views.widgets import describe

_FRAME = 70  # pixels around the two columns: margins, a scroll bar
_SHARE = 0.85  # of the screen, at most
WITHOUT_ACTION = (
    ("Enter", "Send the message"),
    ("Shift+Enter", "Start a new line in the message"),
    ("Escape", "Stop the answer"),
    ("Up, Down", "In an empty message: what was sent before"),
    ("Enter or F2", "In a message reached by Alt+Up: edit it"),
    ("Ctrl+Enter", "Keep an edited message"),
    ("Ctrl+C", "Copy the selection, or the message as Markdown"),
    ("Menu key", "What can be done with a message"),
    ("Home, End", "In the conversation: its beginning, its newest words"),
    ("Ctrl+click", "On a word of an answer: its token, and what else could have come"),
    ("Arrows, Enter", "In an answer drawn as tokens: walk through them, open one"),
    ("Double-click a chart", "Show all of it again"),
)


def keys_of(actions: Sequence[QAction]) -> list[tuple[str, str]]:
    """What the keys of some actions do, and then what those do that belong to none."""
    bound = [(", ".join(key.toString() for key in a.shortcuts()), a.text().replace("&", "")) for a in actions]
    return [*((keys, text) for keys, text in bound if keys), *WITHOUT_ACTION]


class ShortcutsDialog(QDialog):
    """A table of keys and what they do."""

    def __init__(self, shortcuts: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.table = QTableWidget(len(shortcuts), 2)
        describe(self.table, "Keyboard shortcuts")
        self.table.setHorizontalHeaderLabels(["Keys", "What they do"])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for row, texts in enumerate(shortcuts):
            for column, text in enumerate(texts):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.resizeColumnToContents(0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column_layout = QVBoxLayout(self)
        column_layout.addWidget(self.table)
        column_layout.addWidget(buttons)
        keys, row = self.table.columnWidth(0), self.table.verticalHeader().defaultSectionSize()
        words = max((self.fontMetrics().horizontalAdvance(text) for _, text in shortcuts), default=0)
        room = self.screen().availableSize() * _SHARE
        self.resize(QSize(keys + words + _FRAME, (len(shortcuts) + 5) * row).boundedTo(room))
