"""The ranked table of channels: sortable, filterable, with what holds for all of them in sentences."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from views.frames.outliers import CriteriaFrame, VerdictRow, VerdictsFrame
from views.outliers.criteria import CRITERIA, ThresholdBar
from views.outliers.plot_tools import PlotTools
from views.outliers.whole_table import whole_table
from views.theme import GAP
from views.widgets import describe, label, tool_button

_SORT = Qt.ItemDataRole.UserRole
_ROW = Qt.ItemDataRole.UserRole + 1


class _Cell(QTableWidgetItem):
    """Sorts by a number, whatever it reads."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        return bool(self.data(_SORT) < other.data(_SORT))


class VerdictsPage(QWidget):
    """`channel_chosen` gives the row's number in the frame."""

    channel_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._frame = VerdictsFrame()
        self._filter = QLineEdit()
        describe(
            self._filter, "Filter", "Show rows that contain every word: a site, a channel, massive, feature…"
        )
        self._filter.setPlaceholderText("Filter: down_proj massive 41 …")
        self._filter.setClearButtonEnabled(True)
        self._count = label("", "muted")
        self.criteria = ThresholdBar(CRITERIA, CriteriaFrame())
        self._table = QTableWidget()
        self._findings = label("", "muted", wrap=True)
        self._defines = tool_button("Definitions", "What the verdicts mean, with their thresholds")
        self._defines.setCheckable(True)
        self._lay_out()
        self._filter.textChanged.connect(self._show_matches)
        self._table.itemSelectionChanged.connect(self._choose)
        self._defines.toggled.connect(self._tell)

    def set_frame(self, frame: VerdictsFrame) -> None:
        if frame == self._frame:
            return
        self._frame = frame
        self.criteria.set_frame(frame.criteria)
        self._defines.setEnabled(bool(frame.definitions))
        self._tell()
        self._table.setToolTip(frame.definitions)
        with QSignalBlocker(self._table):
            self._fill(frame)
        self._show_matches()

    def told(self) -> str:
        """What is said below the table."""
        return self._findings.text()

    def _tell(self) -> None:
        """The findings, or what the verdicts in them mean."""
        frame, findings = self._frame, "\n".join(self._frame.findings)
        is_defined = self._defines.isChecked() and frame.definitions
        self._findings.setText(frame.definitions if is_defined else findings or frame.empty)

    def visible_rows(self) -> list[tuple[str, ...]]:
        """The cells of the rows that pass the filter, as sorted."""
        return [
            tuple(self._text(row, column) for column in range(self._table.columnCount()))
            for row in range(self._table.rowCount())
            if not self._table.isRowHidden(row)
        ]

    def _text(self, row: int, column: int) -> str:
        item = self._table.item(row, column)
        return item.text() if item is not None else ""

    def _fill(self, frame: VerdictsFrame) -> None:
        self._table.setSortingEnabled(False)
        self._table.setColumnCount(len(frame.headings))
        self._table.setHorizontalHeaderLabels(frame.headings)
        self._table.setRowCount(len(frame.rows))
        for number, row in enumerate(frame.rows):
            self._fill_row(number, row)
        self._table.setSortingEnabled(True)
        self._table.sortItems(3, Qt.SortOrder.DescendingOrder)
        self._table.resizeColumnsToContents()

    def _fill_row(self, number: int, row: VerdictRow) -> None:
        for column, (text, order) in enumerate(zip(row.cells, row.sort_by, strict=True)):
            cell = _Cell(text)
            cell.setData(_SORT, order)
            cell.setData(_ROW, number)
            self._table.setItem(number, column, cell)

    def _show_matches(self) -> None:
        words = self._filter.text().lower().split()
        shown = 0
        for row in range(self._table.rowCount()):
            cells = " ".join(self._text(row, c) for c in range(self._table.columnCount())).lower()
            is_shown = all(word in cells for word in words)
            self._table.setRowHidden(row, not is_shown)
            shown += is_shown
        total = self._table.rowCount()
        self._count.setText(f"{shown:,} of {total:,}" if words else f"{total:,} channels")

    def _choose(self) -> None:
        items = self._table.selectedItems()
        if items:
            self.channel_chosen.emit(items[0].data(_ROW))

    def _lay_out(self) -> None:
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5)
        self._table.setShowGrid(False)
        self._table.setTabKeyNavigation(False)
        self._table.setAccessibleName("Ranked channels")
        row = QHBoxLayout()
        row.addWidget(self._filter, 1)
        row.addWidget(self._count)
        row.addWidget(self._defines)
        row.addWidget(PlotTools("verdicts", "Ranked channels", self._table, lambda: whole_table(self._table)))
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.addLayout(row)
        column.addWidget(self.criteria)
        column.addWidget(self._table, 1)
        column.addWidget(self._findings)
