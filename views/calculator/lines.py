"""A line chart over a logarithmic axis: amounts of memory, or a roofline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from views.calculator.key import Key
from views.calculator.marks import mood_colour
from views.figures import short
from views.frames.calculator import Curve, LinesFrame, SeriesFrame
from views.theme import Theme
from views.widgets import describe, label

_AXIS_WIDTH = 54
_HEADROOM = 1.12
_MOST_ABOVE = 1.5
_NEAR = 0.35


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """Labels at powers of two ("1k" is 1,024) or of ten; values are exponents of two or ten."""

    def __init__(self, side: str, base: int) -> None:
        super().__init__(side)
        self._base = base
        self.enableAutoSIPrefix(False)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if self._base == 1:
            ticks: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
            return ticks[:1]
        every = max(1, round((high - low) / max(2.0, size / 56)))
        first, last = int(np.ceil(low)), int(np.floor(high))
        return [(float(every), [float(tick) for tick in range(first, last + 1, every)])]

    def tickStrings(self, values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
        if self._base == 1:
            return [f"{value:g}" for value in values]
        return [binary(2.0**value) if self._base == 2 else metric(10.0**value) for value in values]


def binary(value: float) -> str:
    """A power of two as contexts are named: 512, 4k, 1M."""
    if value >= 2**20:
        return f"{value / 2**20:g}M"
    return f"{value / 1024:g}k" if value >= 1024 else f"{value:g}"


def metric(value: float) -> str:
    """A power of ten in few letters: 0.1, 100, 1k, 10M, 1G, 100T."""
    for power, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= power:
            return f"{value / power:g}{letter}"
    return f"{value:g}"


class LinesChart(QWidget):
    """Title, plot and a sentence. The lines are named where they end; the pointer reads values off."""

    def __init__(self, theme: Theme, name: str, *, log_values: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._log = log_values
        self._frame: LinesFrame | None = None
        self._curves: list[pg.PlotCurveItem] = []
        self._levels: list[pg.InfiniteLine] = []
        self._texts: list[pg.TextItem] = []
        self._dots = pg.ScatterPlotItem(size=9)
        self._written = 0
        self._title = label("", "strong", wrap=True)
        self._note = label("", "muted", wrap=True)
        self._key = Key(theme)
        axes = {
            "bottom": _Axis("bottom", 10 if log_values else 2),
            "left": _Axis("left", 10 if log_values else 1),
        }
        self._plot = pg.PlotWidget(axisItems=axes, enableMenu=False)
        describe(self._plot, name)
        self._plot.setToolTip("")
        self._build()
        theme.changed.connect(self._dress)
        self._dress()

    def set_frame(self, frame: LinesFrame) -> None:
        self._frame = frame
        self._title.setText(frame.title)
        self._key.set_series(frame.series)
        self._note.setText(frame.note)
        self._note.setVisible(bool(frame.note))
        self._plot.setAccessibleDescription(frame.note)
        axes = self._plot.plotItem
        axes.getAxis("bottom").setLabel(frame.at_label)
        axes.getAxis("left").setLabel(frame.value_label)
        self._draw()

    def labels(self) -> list[str]:
        """Every text drawn on the plot."""
        return [item.toPlainText() for item in self._texts if item.isVisible()]

    def _build(self) -> None:
        plot = self._plot.plotItem
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.getAxis("left").setWidth(_AXIS_WIDTH)
        plot.disableAutoRange()
        self._added(self._dots)
        self._dots.setZValue(10)
        plot.showGrid(x=True, y=True, alpha=0.16)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.scene().sigMouseMoved.connect(self._hover)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._title, self._key, self._plot, self._note):
            column.addWidget(part, 1 if part is self._plot else 0)

    def _dress(self) -> None:
        colours = self._theme.colours
        self._plot.setBackground(colours.surface)
        for side in ("left", "bottom"):
            axis = self._plot.plotItem.getAxis(side)
            axis.setPen(colours.border)
            axis.setTextPen(colours.muted)
            axis.label.setFont(QApplication.font())
        self._draw()

    def _draw(self) -> None:
        frame = self._frame
        if frame is None or not len(frame.at):
            self._show_first(self._curves, 0)
            self._show_first(self._levels, 0)
            self._show_first(self._texts, 0)
            self._dots.setData([], [])
            return
        self._set_range(frame)
        self._written = 0
        for index, series in enumerate(frame.series):
            self._draw_line(index, frame, series)
        for index, limit in enumerate(frame.limits):
            self._draw_limit(index, limit.value, limit.label)
        self._draw_points(frame)
        self._show_first(self._curves, len(frame.series))
        self._show_first(self._levels, len(frame.limits))
        self._show_first(self._texts, self._written)

    def _draw_line(self, index: int, frame: LinesFrame, series: SeriesFrame) -> None:
        if index == len(self._curves):
            self._curves.append(self._added(pg.PlotCurveItem(antialias=True)))
        colour = self._theme.colours.purpose(series.colour_key)
        style = Qt.PenStyle.DashLine if series.dashed else Qt.PenStyle.SolidLine
        pen = pg.mkPen(colour, width=2 * self.devicePixelRatioF(), style=style)  # it counts device pixels
        self._curves[index].setData(self._all(frame.at), self._values(series.values), pen=pen)

    def _draw_limit(self, index: int, value: float, text: str) -> None:
        if index == len(self._levels):
            self._levels.append(self._added(pg.InfiniteLine(angle=0)))
        ink = QColor(self._theme.colours.danger)
        self._levels[index].setPen(pg.mkPen(ink, width=1, style=Qt.PenStyle.DashLine))
        self._levels[index].setPos(self._up(value))
        if self._is_in_view(self._up(value)):
            self._write(self._free_end(), self._up(value), text, ink)

    def _free_end(self) -> float:
        """The end of the plot where no point is, so that names of levels and points keep apart."""
        left, right = self._plot.plotItem.vb.viewRange()[0]
        points = self._frame.points if self._frame is not None else ()
        is_taken = any(self._fraction(self._across(point.at)) < _NEAR for point in points)
        return float(right if is_taken else left)

    def _draw_points(self, frame: LinesFrame) -> None:
        colours = self._theme.colours
        inks = [
            QColor(colours.text) if point.mood == "neutral" else mood_colour(colours, point.mood)
            for point in frame.points
        ]
        places = [(self._across(point.at), self._up(point.value)) for point in frame.points]
        self._dots.setData(
            [x for x, _ in places],
            [y for _, y in places],
            pen=pg.mkPen(colours.surface, width=1),
            brush=[pg.mkBrush(ink) for ink in inks],
        )
        for point, (x, y), ink in zip(frame.points, places, inks, strict=True):
            self._write(x, y, point.label, ink)

    def _write(self, x: float, y: float, text: str, ink: QColor) -> None:
        """A label beside a point, below it where it would leave the plot at its top."""
        if self._written == len(self._texts):
            item = self._added(pg.TextItem())
            item.setZValue(20)
            self._texts.append(item)
        item = self._texts[self._written]
        self._written += 1
        paper = QColor(self._theme.colours.surface)
        paper.setAlpha(200)
        item.fill = pg.mkBrush(paper)
        item.anchor = pg.Point(self._fraction(x), 0 if y > self._top() else 1)
        item.setText(text, ink)
        item.setPos(x, y)

    def _added(self, item: pg.GraphicsObject) -> pg.GraphicsObject:
        self._plot.addItem(item, ignoreBounds=True)
        return item

    def _show_first(self, items: Sequence[pg.GraphicsObject], count: int) -> None:
        """Items are kept for the next frame: making them takes longer than drawing them."""
        for index, item in enumerate(items):
            item.setVisible(index < count)

    def _is_in_view(self, y: float) -> bool:
        low, high = self._plot.plotItem.vb.viewRange()[1]
        return bool(low <= y <= high)

    def _fraction(self, x: float) -> float:
        """How far to the right: a label anchored by that never leaves the plot."""
        low, high = self._plot.plotItem.vb.viewRange()[0]
        return float(min(1.0, max(0.0, (x - low) / (high - low))))

    def _top(self) -> float:
        """Above this a label goes below its point."""
        low, high = self._plot.plotItem.vb.viewRange()[1]
        return float(low + 0.85 * (high - low))

    def _set_range(self, frame: LinesFrame) -> None:
        ends = self._all(np.asarray([frame.at[0], frame.at[-1]], np.float64))
        self._plot.plotItem.setXRange(float(ends[0]), float(ends[1]), padding=0.02)
        lines = [series.values for series in frame.series] or [np.ones(1)]
        low, high = min(float(v.min()) for v in lines), max(float(v.max()) for v in lines)
        if self._log:
            self._plot.plotItem.setYRange(self._up(low), self._up(high) + 0.2, padding=0)
            return
        # What matters lies around the limits and points: a curve may leave the plot at its top.
        marked = [limit.value for limit in frame.limits] + [point.value for point in frame.points]
        top = min(high, _MOST_ABOVE * max(marked)) if marked else high
        self._plot.plotItem.setYRange(0.0, (top or 1.0) * _HEADROOM, padding=0)

    def _across(self, value: float) -> float:
        return float(np.log10(max(value, 1e-30)) if self._log else np.log2(max(value, 1e-30)))

    def _up(self, value: float) -> float:
        return float(np.log10(max(value, 1e-30))) if self._log else value

    def _all(self, at: Curve) -> Curve:
        return np.log10(at) if self._log else np.log2(at)

    def _values(self, values: Curve) -> Curve:
        return np.log10(np.maximum(values, 1e-30)) if self._log else values

    def _hover(self, where: QPointF) -> None:
        """The figures under the pointer, as the plot's tooltip."""
        frame, view = self._frame, self._plot.plotItem.vb
        if frame is None or not view.sceneBoundingRect().contains(where):
            return
        x = view.mapSceneToView(where).x()
        index = int(np.abs(self._all(frame.at) - x).argmin())
        at = short(frame.at[index]) if self._log else f"{frame.at[index]:,.0f}"
        lines = [f"{frame.at_label}: {at}"]
        lines += [f"{s.label}: {s.values[index]:.3g} {frame.value_label}" for s in frame.series]
        self._plot.setToolTip("\n".join(lines))
