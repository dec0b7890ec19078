"""Which channels spike: the magnitude of every channel at one site, against the median of all."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from views.fields import ChoiceBox, WholeBox
from views.figures import Callout, decade_limits, short
from views.frames import Outlier, SpikesFrame
from views.theme import GAP, Theme
from views.widgets import ElidedLabel, as_card, describe, fit_to_text, label, tool_button

if TYPE_CHECKING:
    from views.plots import BarPlot

_LABELLED = 5
_CELL_PADDING = 12
_PLOT_SIZE = (160, 90)


def ratio_text(ratio: float) -> str:
    """How many times the median: 3.4×, 143×, 12k×."""
    return f"{short(ratio)}×"


class SpikesPanel(QWidget):
    """Bars per channel on a log scale, the median, and the channels that stand out."""

    kind_chosen = Signal(str)
    layer_chosen = Signal(int)
    statistic_chosen = Signal(str)
    live_toggled = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._frame = SpikesFrame()
        self._kind = ChoiceBox(
            "Site", "Where in the layer the activations are tapped: the linear layer they feed"
        )
        self._layer = _LayerBox()
        self._statistic = ChoiceBox("Statistic", "How a channel's magnitudes are summed up over tokens")
        fixed = QSizePolicy.Policy.Fixed  # where room is short the site gives way: the line below names it
        self._statistic.setSizePolicy(fixed, fixed)
        self._live = tool_button("Live", "Read the statistics back while the model answers")
        self._table = OutlierTable()
        self._summary = ElidedLabel("muted")
        self._readout = label("", "strong")
        self._note = label("", "muted", wrap=True)
        self._chart = QHBoxLayout()
        self._body = QStackedWidget()
        self._lay_out()
        self._connect()

    def set_frame(self, frame: SpikesFrame) -> None:
        self._frame = frame
        self._show_pickers(frame)
        self._summary.set_text(_summary(frame))
        self._note.setText(frame.note)
        self._note.setVisible(bool(frame.note))
        if len(frame.values):
            self._show_values(frame)
        self._body.setCurrentIndex(1 if len(frame.values) else 0)

    def prepare(self) -> None:
        """Build the chart ahead of the first values, which would wait for it."""
        self._plot.set_line(None)

    def outlier_rows(self) -> list[tuple[str, str, str]]:
        """The list of outliers as it reads: channel, magnitude, ratio to the median."""
        return self._table.rows()

    def readout(self) -> str:
        """The line about the channel under the pointer, or the one selected in the list."""
        return self._readout.text()

    def _show_pickers(self, frame: SpikesFrame) -> None:
        self._kind.set_choices(frame.kinds, frame.kind)
        self._layer.show_layer(frame.layer, frame.layer_count)
        self._statistic.set_choices(frame.statistics, frame.statistic)
        with QSignalBlocker(self._live):
            self._live.setChecked(frame.live)
        for control in (self._kind, self._statistic, self._live):
            control.setEnabled(frame.enabled)
        self._layer.setEnabled(frame.enabled and frame.layer is not None)

    def _show_values(self, frame: SpikesFrame) -> None:
        self._plot.set_bars(frame.values, *decade_limits(frame.median / 20, float(frame.values.max())))
        self._plot.set_line(frame.median, f"Median {short(frame.median)}")
        self._plot.set_callouts(
            [
                Callout(o.channel, f"ch {o.channel} · {ratio_text(o.ratio)}")
                for o in frame.outliers[:_LABELLED]
            ]
        )
        self._table.show_outliers(frame.outliers)
        self._read_selected()

    def _lay_out(self) -> None:
        as_card(self)
        self._live.setCheckable(True)
        pickers = QHBoxLayout()
        pickers.setSpacing(GAP)
        for control in (self._kind, self._layer, self._statistic):
            pickers.addWidget(control)
        pickers.addStretch()
        pickers.addWidget(self._live)
        empty = label(
            "The magnitude of every channel appears here with the first token of an answer.",
            "muted",
            wrap=True,
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body.addWidget(empty)
        self._body.addWidget(self._beside_chart())
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(GAP)
        column.addLayout(pickers)
        column.addWidget(self._summary)
        column.addWidget(self._body, 1)
        column.addWidget(self._note)

    @cached_property
    def _plot(self) -> BarPlot:
        """Built for the first values, if not before."""
        from views.plots import BarPlot  # noqa: PLC0415 - pyqtgraph takes a sixth of the window's start

        plot = BarPlot(
            self._theme,
            "Magnitude per channel",
            "One bar per channel, log scale; the dashed line is the median.\n"
            "Wheel or drag to zoom and pan, double-click to see all.",
            log=True,
        )
        plot.setMinimumSize(*_PLOT_SIZE)
        plot.hovered.connect(self._read)
        self._chart.insertWidget(0, plot, 1)
        return plot

    def _beside_chart(self) -> QWidget:
        body = QWidget()
        body.setMinimumHeight(_PLOT_SIZE[1])  # the room is the chart's before it is built
        side = QVBoxLayout()
        side.addWidget(self._table)
        side.addWidget(self._readout)
        body.setLayout(self._chart)
        self._chart.setContentsMargins(0, 0, 0, 0)
        self._chart.addLayout(side)
        return body

    def _connect(self) -> None:
        self._kind.chosen.connect(self.kind_chosen)
        self._layer.valueChanged.connect(self.layer_chosen)
        self._statistic.chosen.connect(self.statistic_chosen)
        self._live.toggled.connect(self.live_toggled)
        self._table.itemSelectionChanged.connect(self._read_selected)

    def _read_selected(self) -> None:
        self._read(self._table.selected_channel())

    def _read(self, channel: int) -> None:
        if not 0 <= channel < len(self._frame.values):
            self._readout.setText("")
            return
        value = float(self._frame.values[channel])
        ratio = f" · {ratio_text(value / self._frame.median)}" if self._frame.median > 0 else ""
        self._readout.setText(f"ch {channel} · {value:.4g}{ratio}")


class _LayerBox(WholeBox):
    """Which layer; arrow keys and the wheel walk through the model."""

    def __init__(self) -> None:
        super().__init__("Layer", "Layer of the model, counted from 0; arrow keys walk through it")
        self.setKeyboardTracking(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_layer(self, layer: int | None, count: int) -> None:
        with QSignalBlocker(self):
            self.setPrefix("layer ")
            self.setSuffix(f" / {count - 1}" if count else "")
            self.setRange(0, max(0, count - 1))
            self.setValue(layer or 0)


class OutlierTable(QTableWidget):
    """The channels that stand out, largest first."""

    _HEADERS = ("channel", "|x|", "ratio")

    def __init__(self) -> None:
        super().__init__(0, len(self._HEADERS))
        describe(
            self, "Outliers", "The channels that stand out, largest first; select one to read its exact value"
        )
        self.setHorizontalHeaderLabels(self._HEADERS)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        fit_to_text(event, self, self._fit)

    def _fit(self) -> None:
        """Three columns, each as wide as the widest heading."""
        metrics = self.horizontalHeader().fontMetrics()
        self.setFixedWidth(3 * (max(map(metrics.horizontalAdvance, self._HEADERS)) + _CELL_PADDING))
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5)

    def show_outliers(self, outliers: tuple[Outlier, ...]) -> None:
        """Rewrites the cells in place: a live list keeps its selection and its scroll position."""
        with QSignalBlocker(self):
            self.setRowCount(len(outliers))
            for row, outlier in enumerate(outliers):
                texts = (str(outlier.channel), short(outlier.value), ratio_text(outlier.ratio))
                for column, text in enumerate(texts):
                    self._cell(row, column).setText(text)

    def rows(self) -> list[tuple[str, str, str]]:
        cells = [[self._cell(row, column).text() for column in range(3)] for row in range(self.rowCount())]
        return [(channel, value, ratio) for channel, value, ratio in cells]

    def selected_channel(self) -> int:
        chosen = self.selectedItems()
        return int(chosen[0].text()) if chosen else -1

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, column, item)
        return item


def _summary(frame: SpikesFrame) -> str:
    if not len(frame.values):
        return frame.site
    tokens = f"{frame.tokens:,} token{'' if frame.tokens == 1 else 's'}"
    return f"{frame.site}  ·  {len(frame.values):,} channels  ·  median {short(frame.median)}  ·  {tokens}"
