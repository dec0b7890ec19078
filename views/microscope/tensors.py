"""Every tensor at once: a strip of signal to noise over the layers, and a table to sort."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from views.fields import ChoiceBox
from views.frames.microscope import TensorRow, TensorsFrame
from views.microscope.strip import TensorStrip
from views.theme import GAP, Theme
from views.widgets import ElidedLabel, describe, push_button

_KEY = Qt.ItemDataRole.UserRole
_STEPS = 1000


class _Cell(QTableWidgetItem):
    """Sorts by its figure, not by how that reads."""

    def __init__(self, text: str, sort: float | str, key: str) -> None:
        super().__init__(text)
        self._sort = sort
        self.setData(_KEY, key)
        self.setToolTip(text)
        if not isinstance(sort, str):
            self.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def __lt__(self, other: object) -> bool:
        return isinstance(other, _Cell) and self._sort < other._sort  # type: ignore[operator]


class TensorsPanel(QWidget):
    """`chosen` names a tensor; measuring them all is asked for, and can be stopped."""

    chosen = Signal(str)
    measure_requested = Signal()
    cancelled = Signal()
    versus_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._frame = TensorsFrame()
        self._unsized = True  # nothing was in the columns yet
        self.strip = TensorStrip(theme)
        self._table = QTableWidget()
        self._measure = push_button(
            "Measure every tensor", "In the background, on the GPU where it is faster"
        )
        self._cancel = push_button("Cancel", "Stop measuring; what was found stays")
        self._versus = ChoiceBox("Beside", "A second format to measure side by side with the chosen one")
        self._bar = QProgressBar()
        self._stage = ElidedLabel("muted")
        self._lay_out()
        self._connect()

    def set_frame(self, frame: TensorsFrame) -> None:
        former, self._frame = self._frame, frame
        if (frame.rows, frame.columns) != (former.rows, former.columns):
            self._fill(frame, same_columns=frame.columns == former.columns)
        self.strip.set_frame(frame)
        self._versus.set_choices(frame.versus, frame.versus_key)
        busy = frame.progress is not None
        self._bar.setVisible(busy)
        self._bar.setValue(int(_STEPS * (frame.progress or 0)))
        self._stage.set_text(frame.stage)
        self._cancel.setVisible(busy)
        self._measure.setVisible(not busy)
        self._measure.setEnabled(frame.can_measure)
        self._versus.setEnabled(not busy)
        self._select(frame.chosen)

    def rows(self) -> list[tuple[str, ...]]:
        """The cells as they read, in the order they are sorted."""
        table = self._table
        columns = range(table.columnCount())
        return [tuple(self._text(row, column) for column in columns) for row in range(table.rowCount())]

    def _text(self, row: int, column: int) -> str:
        item = self._table.item(row, column)
        return item.text() if item is not None else ""

    def table(self) -> QTableWidget:
        return self._table

    def buttons(self) -> tuple[QWidget, QWidget]:
        """Measure and cancel."""
        return self._measure, self._cancel

    def _fill(self, frame: TensorsFrame, same_columns: bool) -> None:
        table = self._table
        with QSignalBlocker(table):
            table.setSortingEnabled(False)
            table.setColumnCount(len(frame.columns))
            table.setHorizontalHeaderLabels(frame.columns)
            table.setRowCount(len(frame.rows))
            for at, row in enumerate(frame.rows):
                self._write(at, row)
            table.setSortingEnabled(True)
        if not same_columns or self._unsized:
            self._unsized = not any(row.values and row.values[0] is not None for row in frame.rows)
            table.resizeColumnsToContents()
            table.setColumnWidth(0, 116)

    def _write(self, at: int, row: TensorRow) -> None:
        for column, (text, sort) in enumerate(zip(row.cells, row.sort, strict=True)):
            self._table.setItem(at, column, _Cell(text, sort, row.key))

    def _select(self, key: str) -> None:
        table = self._table
        chosen = table.selectedItems()
        if (chosen and chosen[0].data(_KEY) == key) or not key:
            return
        with QSignalBlocker(table):
            for row in range(table.rowCount()):
                item = table.item(row, 0)
                if item is not None and item.data(_KEY) == key:
                    table.selectRow(row)

    def _lay_out(self) -> None:
        table = self._table
        describe(
            table, "Tensors", "Every matrix of the model; click a column to sort by it, a row to look at it"
        )
        table.setToolTip("")
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 6)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _STEPS)
        describe(self._bar, "How far measuring is")
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for part in (self._measure, self._cancel, self._versus):
            row.addWidget(part)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._bar)
        column.addWidget(self._stage)
        column.addWidget(self.strip)
        column.addWidget(table, 1)

    def _connect(self) -> None:
        self._measure.clicked.connect(self.measure_requested)
        self._cancel.clicked.connect(self.cancelled)
        self._versus.chosen.connect(self.versus_chosen)
        self._table.itemSelectionChanged.connect(self._report)
        self.strip.chosen.connect(self.chosen)

    def _report(self) -> None:
        items = self._table.selectedItems()
        if items and items[0].data(_KEY) != self._frame.chosen:
            self.chosen.emit(items[0].data(_KEY))
