"""Two captures side by side: which channels' ranges changed, and by how much."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from views.fields import ChoiceBox
from views.frames.outliers import DriftFrame, MatchFrame
from views.outliers.criteria import MATCH, ThresholdBar
from views.outliers.map_page import MapPage
from views.theme import GAP, Theme
from views.widgets import label

_HEADINGS = ("Site", "Channels changed", "Typical change", "Largest, at channel")


class DriftPage(QWidget):
    """A map of how far each channel's largest magnitude moved, and a line for every site."""

    other_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._other = ChoiceBox("Compare with", "The capture that is compared with the one on show")
        self.page = MapPage(
            theme,
            "drift",
            "Change",
            "Red where a channel reaches further in the other capture, blue where less far",
        )
        self._table = QTableWidget(0, len(_HEADINGS))
        self._table.setHorizontalHeaderLabels(_HEADINGS)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.verticalHeader().hide()
        self._table.setShowGrid(False)
        self._table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5)
        self._table.setAccessibleName("Drift by site")
        self._note = label("", "muted", wrap=True)
        self.match = ThresholdBar(MATCH, MatchFrame())
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        parts = ((self._other, 0), (self.match, 0), (self._note, 0), (self.page, 2), (self._table, 1))
        for widget, stretch in parts:
            column.addWidget(widget, stretch)
        self._other.chosen.connect(self.other_chosen)

    def set_frame(self, frame: DriftFrame) -> None:
        self._other.set_choices(frame.others, frame.other)
        self._other.setEnabled(bool(frame.others))
        self.match.set_frame(frame.match)
        self._note.setText(frame.note)
        self.page.set_frame(frame.heat)
        self._table.setVisible(bool(frame.rows))
        self._table.setRowCount(len(frame.rows))
        for row, cells in enumerate(frame.rows):
            for column, text in enumerate(cells):
                self._table.setItem(row, column, QTableWidgetItem(text))
        self._table.resizeColumnsToContents()
