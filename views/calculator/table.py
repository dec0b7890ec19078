"""A table of figures in words and numbers; rows that can be chosen are chosen by double-click or Enter."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QFont, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QVBoxLayout,
    QWidget,
)

from views.calculator.marks import mood_colour
from views.frames.calculator import RowFrame, TableFrame
from views.theme import Theme
from views.widgets import describe, label

_KEY = Qt.ItemDataRole.UserRole
_MOST_COLUMN = 420
_LEAST_COLUMN = 70


class Table(QWidget):
    """Renders a `TableFrame`; rows with a depth can be expanded."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, tooltip: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._frame = TableFrame()
        self._title = label("", "strong", wrap=True)
        self._note = label("", "muted", wrap=True)
        self._tree = QTreeWidget()
        self._widths: list[int] = []
        self._build(name, tooltip)
        self._fill()
        theme.changed.connect(self._fill)

    def set_frame(self, frame: TableFrame) -> None:
        if frame == self._frame:
            return
        former, self._frame = self._frame, frame
        self._title.setText(frame.title)
        self._title.setVisible(bool(frame.title))
        self._note.setText(frame.note)
        self._note.setVisible(bool(frame.note))
        if _structure(frame) == _structure(former):
            self._refresh()
            self._size_columns()
        else:
            self._fill()

    def rows(self) -> list[tuple[str, ...]]:
        """The cells as they read, from the top, inner rows included."""
        return [tuple(item.text(c) for c in range(self._tree.columnCount())) for item in self._items()]

    def tree(self) -> QTreeWidget:
        """The widget that holds the rows, for the keyboard."""
        return self._tree

    def reveal(self, key: str) -> None:
        """Expand the row with this key, scroll to it and select it."""
        for item in self._items():
            if item.data(0, _KEY) == key:
                item.setExpanded(True)
                self._tree.setCurrentItem(item)
                self._tree.scrollToItem(item, QAbstractItemView.ScrollHint.PositionAtTop)

    def _build(self, name: str, tooltip: str) -> None:
        tree = self._tree
        describe(tree, name, tooltip)
        tree.setToolTip("")
        tree.setUniformRowHeights(True)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.setAlternatingRowColors(False)
        tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        tree.header().setSectionsMovable(False)
        tree.activated.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._title, tree, self._note):
            column.addWidget(part, 1 if part is tree else 0)

    def _choose(self, index: QModelIndex) -> None:
        key = str(index.siblingAtColumn(0).data(_KEY) or "")
        if key:
            self.chosen.emit(key)

    def _items(self) -> list[QTreeWidgetItem]:
        """All rows from the top, inner ones included."""
        iterator, found = QTreeWidgetItemIterator(self._tree), []
        while (item := iterator.value()) is not None:
            found.append(item)
            iterator += 1
        return found

    def _fill(self) -> None:
        frame, tree = self._frame, self._tree
        open_keys = {item.data(0, _KEY) for item in self._items() if item.isExpanded()}
        tree.clear()
        tree.setColumnCount(max(1, len(frame.columns)))
        tree.setHeaderLabels(list(frame.columns))
        tree.setHeaderHidden(not frame.columns)  # Qt would call a nameless column "1"
        tree.setRootIsDecorated(any(row.depth for row in frame.rows))
        ancestors: list[QTreeWidgetItem] = []
        for row in frame.rows:
            del ancestors[row.depth :]
            item = QTreeWidgetItem(ancestors[-1] if ancestors else tree)
            ancestors.append(item)
        self._refresh()
        for item in self._items():
            item.setExpanded(bool(item.data(0, _KEY)) and item.data(0, _KEY) in open_keys)
        self._size_columns()

    def _refresh(self) -> None:
        for item, row in zip(self._items(), self._frame.rows, strict=True):
            self._write(item, row)

    def _write(self, item: QTreeWidgetItem, row: RowFrame) -> None:
        ink = QBrush() if row.mood == "neutral" else QBrush(mood_colour(self._theme.colours, row.mood))
        font = QFont(self.font())
        font.setBold(row.is_current)
        item.setData(0, _KEY, row.key)
        for column, text in enumerate(row.cells):
            side = Qt.AlignmentFlag.AlignLeft if column in self._frame.texts else Qt.AlignmentFlag.AlignRight
            item.setText(column, text)
            item.setTextAlignment(column, side | Qt.AlignmentFlag.AlignVCenter)
            item.setForeground(column, ink if row.mood_at in (-1, column) else QBrush())
            item.setFont(column, font)
            item.setToolTip(column, row.tooltip or text)

    def _size_columns(self) -> None:
        header = self._tree.header()
        header.setStretchLastSection(len(self._frame.columns) - 1 in self._frame.texts)
        for column in range(len(self._frame.columns)):
            right = column not in self._frame.texts
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            self._tree.headerItem().setTextAlignment(column, side | Qt.AlignmentFlag.AlignVCenter)
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self._tree.resizeColumnToContents(column)
        self._widths = [
            min(_MOST_COLUMN, self._tree.columnWidth(column) + 4)
            for column in range(len(self._frame.columns))
        ]
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Where there is no room for all, the widest column of words gives way; its tooltip has all of it."""
        widths = list(self._widths)
        missing = sum(widths) - self._tree.viewport().width()
        words = [column for column in self._frame.texts if column < len(widths)]
        if words and missing > 0:
            widest = max(words, key=lambda column: widths[column])
            widths[widest] = max(_LEAST_COLUMN, widths[widest] - missing)
        for column, width in enumerate(widths):
            self._tree.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()


def _structure(frame: TableFrame) -> tuple[object, ...]:
    """What must be the same for the rows to be rewritten in place, which keeps expansion and selection."""
    return frame.columns, frame.texts, tuple((row.key, row.depth) for row in frame.rows)
