"""What the block scales did to the values of one site: scale, levels left and noise of every block."""

from __future__ import annotations

from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from views.fields import ChoiceBox
from views.figures import Callout, decade_limits, short
from views.frames import DamageFrame
from views.frames.arrays import FloatArray
from views.theme import GAP, Theme
from views.widgets import as_card, label

if TYPE_CHECKING:
    from views.plots import BarPlot

_PLOT_SIZE = (160, 46)
_PLOTS, _BETWEEN = 3, 2


class DamagePanel(QWidget):
    """Three charts over the same blocks, the worst block marked in each, and the totals in words."""

    format_chosen = Signal(str)
    granularity_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._frame = DamageFrame()
        self._format = ChoiceBox("Format", "The integers the values are rounded to")
        self._granularity = ChoiceBox("Granularity", "How many values share one scale")
        self._totals = label("", wrap=True)
        self._worst = label("", "muted", wrap=True)
        self._readout = label("", "muted")
        self._note = label("", "muted", wrap=True)
        self._charts = QVBoxLayout()
        self._body = QStackedWidget()
        self._lay_out()
        self._connect()

    def set_frame(self, frame: DamageFrame) -> None:
        self._frame = frame
        self._format.set_choices(frame.formats, frame.format)
        self._granularity.set_choices(frame.granularities, frame.granularity)
        for control in (self._format, self._granularity):
            control.setEnabled(frame.enabled)
        self._note.setText(frame.note)
        self._note.setVisible(bool(frame.note))
        self._totals.setText(totals_sentence(frame))
        self._worst.setText(worst_sentence(frame))
        if len(frame.scales):
            self._show_blocks(frame)
        self._body.setCurrentIndex(1 if len(frame.scales) else 0)

    def prepare(self) -> None:
        """Build the charts ahead of the first values, which would wait for them."""
        for plot in self._plots:
            plot.set_line(None)

    def totals(self) -> str:
        return self._totals.text()

    def worst(self) -> str:
        return self._worst.text()

    def readout(self) -> str:
        """The line about the block under the pointer."""
        return self._readout.text()

    def _show_blocks(self, frame: DamageFrame) -> None:
        scales, levels, sqnr = self._plots
        scales.set_bars(frame.scales, *decade_limits(float(frame.scales.min()), float(frame.scales.max())))
        levels.set_bars(frame.levels, 0.0, frame.max_levels * 1.05)
        sqnr.set_bars(frame.sqnr_db, *_decibel_limits(frame.sqnr_db))
        levels.set_line(frame.median_levels, f"Median {short(frame.median_levels)}")
        sqnr.set_line(frame.total_sqnr_db, f"Whole token {frame.total_sqnr_db:.1f} dB")
        worst = [] if frame.worst_block is None else [Callout(frame.worst_block, "")]
        for plot in self._plots:
            plot.set_callouts(worst)

    @cached_property
    def _plots(self) -> tuple[BarPlot, BarPlot, BarPlot]:
        """Scales, levels and SQNR; built for the first values, if not before."""
        from views.plots import BarPlot  # noqa: PLC0415 - pyqtgraph takes a sixth of the window's start

        scales = BarPlot(
            self._theme,
            "Scale per block",
            "The step between two levels, log scale: smaller is finer",
            log=True,
            unit="scale",
        )
        levels = BarPlot(
            self._theme,
            "Levels left per block",
            "Levels a typical value still spans",
            keep="min",
            unit="levels",
        )
        sqnr = BarPlot(
            self._theme,
            "SQNR per block",
            "Signal to quantization noise, dB: higher is better",
            keep="min",
            unit="dB",
        )
        self._stack_up(scales, levels, sqnr)
        return scales, levels, sqnr

    def _stack_up(self, *plots: BarPlot) -> None:
        """One above the other over the same blocks, numbered below the last."""
        for plot in plots:
            self._charts.addWidget(plot, 1)
            plot.setMinimumSize(*_PLOT_SIZE)
            plot.plotItem.getAxis("bottom").setStyle(showValues=plot is plots[-1])
            if plot is not plots[0]:
                plot.plotItem.setXLink(plots[0].plotItem)
            plot.hovered.connect(self._read)

    def _lay_out(self) -> None:
        as_card(self)
        pickers = QHBoxLayout()
        pickers.setSpacing(GAP)
        pickers.addWidget(self._format)
        pickers.addWidget(self._granularity)
        pickers.addStretch()
        pickers.addWidget(self._readout)
        empty = label(
            "What rounding does to the newest token appears here.",
            "muted",
            wrap=True,
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body.addWidget(empty)
        charts = QWidget()
        charts.setLayout(self._charts)
        charts.setMinimumHeight(_PLOTS * _PLOT_SIZE[1] + (_PLOTS - 1) * _BETWEEN)  # before they are built
        self._charts.setContentsMargins(0, 0, 0, 0)
        self._charts.setSpacing(_BETWEEN)
        self._body.addWidget(charts)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(GAP)
        column.addLayout(pickers)
        for line in (self._totals, self._worst):
            column.addWidget(line)
        column.addWidget(self._body, 1)
        column.addWidget(self._note)

    def _connect(self) -> None:
        self._format.chosen.connect(self.format_chosen)
        self._granularity.chosen.connect(self.granularity_chosen)

    def _read(self, block: int) -> None:
        inside = 0 <= block < len(self._frame.scales)
        self._readout.setText(_block_sentence(self._frame, block) if inside else "")


def totals_sentence(frame: DamageFrame) -> str:
    """What the format and granularity cost, in words; empty before the first token."""
    if not len(frame.scales):
        return ""
    levels = f"{_count(frame.median_levels)} of {frame.max_levels} levels left for the median block"
    return f"{frame.format}, {_granularity_words(frame)}: {levels}; SQNR {frame.total_sqnr_db:.1f} dB"


def worst_sentence(frame: DamageFrame) -> str:
    """Where it hurts most; empty if no block is worst."""
    if frame.worst_block is None or not len(frame.scales):
        return ""
    culprit = "" if frame.worst_channel is None else f", stretched by channel {frame.worst_channel}"
    return f"Worst: {_block_sentence(frame, frame.worst_block)}{culprit}"


def _block_sentence(frame: DamageFrame, block: int) -> str:
    first = block * frame.block_channels
    scale = short(float(frame.scales[block]))
    return (
        f"block {block} (channels {first}–{first + frame.block_channels - 1}): scale {scale}, "
        f"{_count(frame.levels[block])} levels, {frame.sqnr_db[block]:.1f} dB"
    )


def _granularity_words(frame: DamageFrame) -> str:
    labels = {choice.key: choice.label for choice in frame.granularities}
    return labels.get(frame.granularity, frame.granularity)


def _decibel_limits(sqnr_db: FloatArray) -> tuple[float, float]:
    """Whole tens around the values, zero included: in such steps live axes rarely move."""
    low, high = floor(float(sqnr_db.min()) / 10), ceil(1.1 * float(sqnr_db.max()) / 10)
    return 10.0 * min(0, low), 10.0 * max(1, high)


def _count(levels: float) -> str:
    return f"{levels:.1f}".removesuffix(".0")
