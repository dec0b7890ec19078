"""A table as it reads, all of it: for a picture, which would else show what is in view."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem

MOST_ROWS = 200  # a picture of 4,400 pixels, twice that on a fine screen


def whole_table(table: QTableWidget) -> QTableWidget:
    """A copy of the rows that are not hidden, as they are sorted, as high as they need; never shown. Its last
    line says how many were left out, if any were."""
    rows = [row for row in range(table.rowCount()) if not table.isRowHidden(row)]
    shown = rows[:MOST_ROWS]
    lines = [[_text(table, row, column) for column in range(table.columnCount())] for row in shown]
    left_out = table.rowCount() - len(shown)
    copy = QTableWidget(len(lines), table.columnCount())
    headings = [table.horizontalHeaderItem(column) for column in range(table.columnCount())]
    copy.setHorizontalHeaderLabels([item.text() if item is not None else "" for item in headings])
    copy.setShowGrid(table.showGrid())
    copy.verticalHeader().hide()
    copy.verticalHeader().setDefaultSectionSize(table.verticalHeader().defaultSectionSize())
    for row, cells in enumerate(lines):
        for column, text in enumerate(cells):
            copy.setItem(row, column, QTableWidgetItem(text))
    copy.resizeColumnsToContents()
    if left_out:
        _say(copy, f"{left_out:,} more of {table.rowCount():,} rows; the exported numbers have all of them.")
    _fit(copy)
    return copy


def _text(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    return item.text() if item is not None else ""


def _say(table: QTableWidget, sentence: str) -> None:
    last = table.rowCount()
    table.setRowCount(last + 1)
    table.setSpan(last, 0, 1, table.columnCount())
    table.setItem(last, 0, QTableWidgetItem(sentence))


def _fit(table: QTableWidget) -> None:
    """As large as all of its cells, without bars to scroll."""
    for set_policy in (table.setHorizontalScrollBarPolicy, table.setVerticalScrollBarPolicy):
        set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    edge = 2 * table.frameWidth()
    header = table.horizontalHeader()
    table.resize(header.length() + edge, header.sizeHint().height() + table.verticalHeader().length() + edge)
