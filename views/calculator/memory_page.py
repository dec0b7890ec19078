"""Memory as context and batch grow, and the largest contexts that fit."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from views.calculator.lines import LinesChart
from views.calculator.table import Table
from views.frames.calculator import LinesFrame, TableFrame
from views.theme import Theme


class MemoryPage(QWidget):
    """Two charts and a table side by side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.over_context = LinesChart(theme, "Memory against context")
        self.over_batch = LinesChart(theme, "Memory against batch")
        self.largest = Table(
            theme, "Largest context for each scheme", "Double-click or press Enter to use a scheme"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.over_context, 5)
        row.addWidget(self.over_batch, 5)
        row.addWidget(self.largest, 5)

    def set_part(self, part: str, frame: LinesFrame | TableFrame) -> None:
        """Show one part: `context`, `batch` or `largest`; KeyError if a chart has another name."""
        charts = {"context": self.over_context, "batch": self.over_batch}
        if isinstance(frame, TableFrame):
            self.largest.set_frame(frame)
        else:
            charts[part].set_frame(frame)
