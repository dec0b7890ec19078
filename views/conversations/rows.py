"""The rows of the list as Qt's model sees them: headings that cannot be chosen, and conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from views.frames.conversations import ConversationRow, ConversationSection

Row = ConversationRow | str
Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
CURRENT = Qt.ItemDataRole.UserRole + 1
_TITLE_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole)


class ConversationRows(QAbstractListModel):
    """`renamed` carries the title a person typed; the row shows it once the next frame says so."""

    renamed = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._current = 0

    def set_rows(self, sections: Sequence[ConversationSection], current: int) -> bool:
        """Show these; False if they are what is shown, so that an open editor stays open."""
        rows: list[Row] = []
        for section in sections:
            rows += [section.title, *section.rows]
        if (rows, current) == (self._rows, self._current):
            return False
        if [_key(row) for row in rows] == [_key(row) for row in self._rows]:
            self._rows, self._current = rows, current
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return True
        self.beginResetModel()
        self._rows, self._current = rows, current
        self.endResetModel()
        return True

    def row_at(self, index: Index) -> ConversationRow | None:
        """The conversation at an index; None for a heading or nowhere."""
        row = self._rows[index.row()] if index.isValid() else ""
        return row if isinstance(row, ConversationRow) else None

    def index_of(self, key: int) -> QModelIndex:
        """Where a conversation stands; an invalid index if it does not."""
        place = next((n for n, row in enumerate(self._rows) if _key(row) == key), -1)
        return self.index(place) if place >= 0 else QModelIndex()

    def near(self, place: int) -> QModelIndex:
        """The conversation at a place, or the last before it."""
        found = [n for n, row in enumerate(self._rows) if isinstance(row, ConversationRow)]
        return self.index(max((n for n in found if n <= place), default=found[0])) if found else QModelIndex()

    def first(self) -> QModelIndex:
        """The first conversation."""
        place = next((n for n, row in enumerate(self._rows) if isinstance(row, ConversationRow)), -1)
        return self.index(place) if place >= 0 else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.row_at(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()] if index.isValid() else None
        if row is None or role == ROW:
            return row
        if isinstance(row, str):
            return row if role == Qt.ItemDataRole.DisplayRole else None
        if role in _TITLE_ROLES:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row)
        return row.key == self._current if role == CURRENT else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """What was typed over a title; an empty one leaves it as it was."""
        row = self.row_at(index)
        title = str(value).strip()
        if row is None or role != Qt.ItemDataRole.EditRole or title in ("", row.title):
            return False
        self.renamed.emit(row.key, title)
        return True


def spoken(row: ConversationRow) -> str:
    """A conversation for a screen reader."""
    found = "".join(text for text, _ in row.snippet)
    parts = (row.title, "pinned" if row.pinned else "", found or row.detail)
    return ", ".join(part for part in parts if part)


def _key(row: Row) -> int | str:
    return row if isinstance(row, str) else row.key
