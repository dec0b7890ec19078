"""The VRAM calculator as a whole: inputs at the left, the answer and the bar on top, pages below."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from views.calculator.bar import BudgetBar
from views.calculator.form import Form
from views.calculator.legend import TermLegend
from views.calculator.memory_page import MemoryPage
from views.calculator.pages import Pages
from views.calculator.speed import SpeedPage
from views.calculator.table import Table
from views.calculator.truth import TruthPage
from views.calculator.verdict import Verdict, Ways
from views.frames.calculator import BarFrame, InputsFrame, VerdictFrame
from views.theme import GAP, Theme
from views.widgets import as_card

_TITLES = {
    "memory": ("Memory", "Memory as context and batch grow, and the largest contexts that fit"),
    "bytes": ("Every byte", "Each term with its formula, down to tensors"),
    "speed": ("Speed", "How fast at best, and what limits it"),
    "engines": ("Other engines", "The same model elsewhere: estimates with their error"),
    "truth": ("Predicted and real", "The prediction beside what was allocated and reported"),
}
_COPIED_MS = 1500
_Page = TypeVar("_Page", bound=QWidget)


class CalculatorPanel(QWidget):
    """Inputs, verdict, bar and pages. Only the page on show need be given frames: `page_turned` says which.

    `edited`, `locked` and `acted` name a field; `way_chosen` a way to make it fit; `row_chosen` a page and a
    row of its table.
    """

    edited = Signal(str, str)
    locked = Signal(str, bool)
    acted = Signal(str)
    dropped = Signal(str)
    reading_cancelled = Signal()
    edge_dragged = Signal(str, float)
    edge_stepped = Signal(str, int)
    drag_ended = Signal()
    way_chosen = Signal(str)
    row_chosen = Signal(str, str)
    page_turned = Signal(str)
    measure_requested = Signal()
    measure_cancelled = Signal()
    copy_requested = Signal()
    reset_requested = Signal()
    shown = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.form = Form()
        self.verdict = Verdict(theme)
        self.bar = BudgetBar(theme)
        self.ways = Ways()
        self.legend = TermLegend(theme)
        self.pages = Pages(_TITLES, self._make_page)
        self._lay_out()
        self._connect()

    def set_inputs(self, frame: InputsFrame) -> None:
        self.form.set_frame(frame)

    def set_answer(self, verdict: VerdictFrame, bar: BarFrame) -> None:
        self.verdict.set_frame(verdict)
        self.ways.set_frame(verdict)
        self.bar.set_frame(bar)
        self.legend.set_frame(bar)

    def page(self, kind: type[_Page], key: str) -> _Page | None:
        """A page, if it has been looked at."""
        page = self.pages.page(key)
        return page if isinstance(page, kind) else None

    def copy(self, text: str) -> None:
        """Put a text on the clipboard and say so for a moment."""
        QApplication.clipboard().setText(text)
        self.verdict.say_copied(True)
        QTimer.singleShot(_COPIED_MS, self, lambda: self.verdict.say_copied(False))

    def explain(self, key: str) -> None:
        """Open the formula of one term."""
        self.pages.show_page("bytes")
        table = self.page(Table, "bytes")
        if table is not None:
            table.reveal(key)

    def minimumSizeHint(self) -> QSize:
        """Smaller than its parts would like: a page that is not on show must not widen the window."""
        return QSize(480, 360)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def _make_page(self, key: str) -> QWidget:
        if key == "memory":
            memory = MemoryPage(self._theme)
            memory.largest.chosen.connect(lambda row: self.row_chosen.emit("memory", row))
            return memory
        if key == "speed":
            speed = SpeedPage(self._theme)
            speed.measure_requested.connect(self.measure_requested)
            speed.measure_cancelled.connect(self.measure_cancelled)
            speed.choices.chosen.connect(lambda row: self.row_chosen.emit("speed", row))
            return speed
        if key == "truth":
            return TruthPage(self._theme)
        return Table(self._theme, *_TITLES[key])

    def _lay_out(self) -> None:
        top = QWidget()
        as_card(top)
        answer = QVBoxLayout(top)
        answer.setContentsMargins(14, 10, 14, 8)
        answer.setSpacing(GAP)
        for part in (self.verdict, self.bar, self.ways, self.legend):
            answer.addWidget(part)
        right = QVBoxLayout()
        right.setSpacing(GAP)
        right.addWidget(top)
        right.addWidget(self.pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 8)
        row.setSpacing(GAP)
        row.addWidget(self.form)
        row.addLayout(right, 1)

    def _connect(self) -> None:
        for name in ("edited", "locked", "acted", "dropped"):
            getattr(self.form, name).connect(getattr(self, name))
        self.form.cancelled.connect(self.reading_cancelled)
        for name in ("edge_dragged", "edge_stepped", "drag_ended"):
            getattr(self.bar, name).connect(getattr(self, name))
        self.bar.segment_chosen.connect(self.explain)
        self.legend.chosen.connect(self.explain)
        self.ways.chosen.connect(self.way_chosen)
        self.verdict.copy_requested.connect(self.copy_requested)
        self.verdict.reset_requested.connect(self.reset_requested)
        self.pages.turned.connect(self.page_turned)
