"""The knock-out: what perplexity and certainty become without the channels that stand out."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from views.fields import ChoiceBox, WholeBox
from views.frames.outliers import BarSpread, KnockoutFrame
from views.outliers.plot_tools import PlotTools
from views.theme import GAP, Theme
from views.widgets import describe, label, push_button

_LINE = 22
_NAME = 150
_VALUE = 130


class FactorChart(QWidget):
    """Groups of horizontal bars, the scatter of repetitions as a whisker, the paper's range as a bracket."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        describe(
            self, "Knock-out", "Bars: this model. Whisker: random channels. Dashed: what the paper reports."
        )
        self._theme = theme
        self._charts: tuple[tuple[str, tuple[BarSpread, ...]], ...] = ()
        theme.changed.connect(self.update)

    def set_charts(self, charts: tuple[tuple[str, tuple[BarSpread, ...]], ...]) -> None:
        self._charts = charts
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, sum(_LINE * (len(bars) + 1) + GAP for _, bars in self._charts))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, y = QPainter(self), 0.0
        for title, bars in self._charts:
            painter.setPen(QColor(self._theme.colours.text))
            painter.drawText(QRectF(0, y, self.width(), _LINE), int(Qt.AlignmentFlag.AlignVCenter), title)
            y += _LINE
            top = max((_end(bar) for bar in bars), default=1.0) or 1.0
            for bar in bars:
                self._draw(painter, bar, y, top)
                y += _LINE
            y += GAP

    def _draw(self, painter: QPainter, bar: BarSpread, y: float, top: float) -> None:
        colours = self._theme.colours
        room = max(self.width() - _NAME - _VALUE, 10)
        painter.setPen(QColor(colours.muted))
        centre = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(
            QRectF(0, y, _NAME - GAP, _LINE), centre | int(Qt.AlignmentFlag.AlignRight), bar.name
        )
        width = room * min(bar.value / top, 1)
        painter.fillRect(QRectF(_NAME, y + 5, width, _LINE - 10), QColor(colours.bar))
        painter.drawText(QRectF(_NAME + room + GAP, y, _VALUE - GAP, _LINE), centre, bar.text)
        for span, style in ((bar.spread, Qt.PenStyle.SolidLine), (bar.paper, Qt.PenStyle.DashLine)):
            if span is None:
                continue
            painter.setPen(QPen(QColor(colours.outlier), 2, style))
            left, right = (_NAME + room * min(value / top, 1) for value in span)
            painter.drawLine(int(left), int(y + _LINE / 2), int(right), int(y + _LINE / 2))
            for x in (left, right):
                painter.drawLine(int(x), int(y + 4), int(x), int(y + _LINE - 4))


class KnockoutPage(QWidget):
    """Where to take channels out, the button, and the chart."""

    place_chosen = Signal(str)
    seeds_chosen = Signal(int)
    run_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._frame = KnockoutFrame()
        self._place = ChoiceBox("Where", "Where channels are zeroed")
        self._seeds = WholeBox("Random draws", "How many times as many random channels are taken out instead")
        self._seeds.setRange(1, 20)
        self._seeds.setSuffix(" draws")
        self._go = push_button(
            "Knock out", "Score the captured text with and without these channels", "primary"
        )
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._stage = label("", "muted")
        self._chart = FactorChart(theme)
        self._verdict = label("", "strong", wrap=True)
        self._note = label("", "muted", wrap=True)
        self._lay_out()
        self._place.chosen.connect(self.place_chosen)
        self._seeds.valueChanged.connect(self.seeds_chosen)
        self._go.clicked.connect(self._run)

    def set_frame(self, frame: KnockoutFrame) -> None:
        self._frame = frame
        self._place.set_choices(frame.where, frame.place)
        with QSignalBlocker(self._seeds):
            self._seeds.setValue(frame.seeds)
        self._go.setText("Cancel" if frame.running else "Knock out")
        self._go.setEnabled(frame.enabled or frame.running)
        self._progress.setVisible(frame.running)
        self._progress.setValue(round(frame.progress * 100))
        self._stage.setText(frame.stage)
        self._stage.setVisible(frame.running)
        self._chart.set_charts(frame.charts)
        self._verdict.setText(frame.verdict)
        self._verdict.setVisible(bool(frame.verdict))
        self._note.setText(frame.note)

    def verdict(self) -> str:
        return self._verdict.text()

    def note(self) -> str:
        return self._note.text()

    def _run(self) -> None:
        (self.cancel_requested if self._frame.running else self.run_requested).emit()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        for widget in (self._place, self._seeds, self._go):
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(PlotTools("knockout", "Knock-out", self._chart))
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP, GAP, GAP, GAP)
        page.addLayout(row)
        page.addWidget(self._progress)
        page.addWidget(self._stage)
        page.addWidget(self._chart)
        page.addWidget(self._verdict)
        page.addWidget(self._note)
        page.addStretch()


def _end(bar: BarSpread) -> float:
    return max(bar.value, *(bar.spread or (0, 0)), *(bar.paper or (0, 0)))
