"""Prediction beside measurement, now and in earlier loads."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from views.calculator.table import Table
from views.frames.calculator import TruthFrame
from views.theme import GAP, Theme
from views.widgets import label


class TruthPage(QWidget):
    """One sentence, the terms of the open model, and the loads before it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._sentence = label("", "strong", wrap=True)
        self.terms = Table(theme, "Predicted, allocated and reported", "Terms of the open model, in bytes")
        self.history = Table(theme, "Earlier loads", "Predictions and measurements of earlier loads")
        tables = QHBoxLayout()
        tables.setSpacing(14)
        tables.addWidget(self.terms, 3)
        tables.addWidget(self.history, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._sentence)
        column.addLayout(tables, 1)

    def set_frame(self, frame: TruthFrame) -> None:
        self._sentence.setText(frame.sentence)
        self.terms.set_frame(frame.terms)
        self.history.set_frame(frame.history)

    def sentence(self) -> str:
        return self._sentence.text()
