"""How fast at best: decode and prefill under the roof of an adapter, and what each choice would change."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from views.calculator.form import ProgressRow
from views.calculator.lines import LinesChart
from views.calculator.table import Table
from views.frames.calculator import SpeedFrame, VerdictFrame
from views.theme import GAP, Theme
from views.widgets import label, push_button


class Statement(QWidget):
    """A sentence with what stands behind it below."""

    def __init__(self) -> None:
        super().__init__()
        self._sentence = label("", "strong", wrap=True)
        self._detail = label("", "muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self._sentence)
        column.addWidget(self._detail)

    def set_frame(self, frame: VerdictFrame) -> None:
        self._sentence.setText(frame.sentence)
        self._detail.setText(frame.detail)
        self._detail.setVisible(bool(frame.detail))

    def text(self) -> str:
        return f"{self._sentence.text()} {self._detail.text()}".strip()


class SpeedPage(QWidget):
    """Two statements, the rates they rest on with their button, the roofline, the choices."""

    measure_requested = Signal()
    measure_cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.decode, self.prefill = Statement(), Statement()
        self._source = label("", "muted", wrap=True)
        self._problem = label("", "danger", wrap=True)
        self._measure = push_button(
            "Measure this adapter", "Measure bandwidth and integer throughput; takes a few seconds"
        )
        self._measure.clicked.connect(self.measure_requested)
        self._progress = ProgressRow("Measuring the adapter")
        self._progress.cancelled.connect(self.measure_cancelled)
        self._chart = LinesChart(theme, "Roofline of the adapter", log_values=True)
        self.choices = Table(theme, "What each choice would change", "Floors of speed, choice by choice")
        self._lay_out()

    def set_frame(self, frame: SpeedFrame) -> None:
        self.decode.set_frame(frame.decode)
        self.prefill.set_frame(frame.prefill)
        self._source.setText(frame.source)
        self._problem.setText(frame.problem)
        self._problem.setVisible(bool(frame.problem))
        self._measure.setEnabled(frame.can_measure)
        self._measure.setVisible(frame.progress is None)
        self._progress.set_progress(frame.progress)
        self._chart.setVisible(frame.chart is not None)
        if frame.chart is not None:
            self._chart.set_frame(frame.chart)
        self.choices.set_frame(frame.choices)

    def measure_button(self) -> QPushButton:
        return self._measure

    def cancel_button(self) -> QPushButton:
        return self._progress.button()

    def source(self) -> str:
        return self._source.text()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(GAP)
        rates = QHBoxLayout()
        rates.addWidget(self._source, 1)
        rates.addWidget(self._measure)
        for part in (self.decode, self.prefill):
            left.addWidget(part)
        left.addLayout(rates)
        left.addWidget(self._progress)
        left.addWidget(self._problem)
        left.addWidget(self.choices, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addLayout(left, 1)
        row.addWidget(self._chart, 1)
