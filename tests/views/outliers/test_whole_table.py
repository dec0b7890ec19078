from __future__ import annotations

import pytest
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem

from views.outliers.whole_table import MOST_ROWS, whole_table


@pytest.fixture
def table(qtbot) -> QTableWidget:
    result = QTableWidget(60, 2)
    qtbot.addWidget(result)
    result.setHorizontalHeaderLabels(["Channel", "Site"])
    for row in range(60):
        result.setItem(row, 0, QTableWidgetItem(str(59 - row)))
        result.setItem(row, 1, QTableWidgetItem("a site with a long name"))
    result.resize(80, 90)
    return result


def cells(table: QTableWidget) -> list[str]:
    return [table.item(row, 0).text() for row in range(table.rowCount())]


def test_every_row_and_column_is_in_view(table: QTableWidget) -> None:
    whole = whole_table(table)
    assert cells(whole) == [str(59 - row) for row in range(60)]
    assert whole.horizontalHeaderItem(1).text() == "Site"
    image, last = whole.grab(), whole.visualItemRect(whole.item(59, 1))
    assert whole.viewport().rect().contains(last)
    assert image.height() >= last.bottom() + whole.horizontalHeader().height()
    assert table.size().width() == 80


def test_rows_that_are_left_out_are_counted(table: QTableWidget) -> None:
    table.setRowHidden(0, True)
    whole = whole_table(table)
    assert cells(whole)[:2] == ["58", "57"]
    assert cells(whole)[-1].startswith("1 more of 60 rows")
    table.setRowHidden(0, False)
    table.setRowCount(MOST_ROWS + 7)
    for row in range(60, MOST_ROWS + 7):
        table.setItem(row, 0, QTableWidgetItem("x"))
    assert whole_table(table).rowCount() == MOST_ROWS + 1
    assert cells(whole_table(table))[-1].startswith(f"7 more of {MOST_ROWS + 7} rows")
