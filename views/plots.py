"""A bar chart for thousands of values: peak-preserving, labelled, hoverable, in the theme's colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QMouseEvent

from views.figures import Callout, log_ticks, short
from views.frames.arrays import FloatArray
from views.plot_items import Bars, Callouts, Keep
from views.theme import Theme
from views.widgets import describe

_AXIS_WIDTH = 40
_UNIT_WIDTH = 18


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """Plain figures ("0.01", "1", "10k") where the axis is logarithmic, no closer than they can be read."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.enableAutoSIPrefix(False)  # it would put "(x0.01)" into the label
        # Its grid spans the plot, so every new set of bars would have its texts laid out again.
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)

    def logTickValues(
        self, low: float, high: float, size: float, _levels: object
    ) -> list[tuple[float | None, list[float]]]:
        return [(None, log_ticks(low, high, size))]

    def logTickStrings(self, values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
        return [short(10.0**value) for value in values]


class BarPlot(pg.PlotWidget):  # type: ignore[misc]
    """Bars over an index. `hovered` gives the index under the pointer, -1 when it leaves."""

    hovered = Signal(int)

    def __init__(
        self, theme: Theme, name: str, tooltip: str, *, keep: Keep = "max", log: bool = False, unit: str = ""
    ) -> None:
        super().__init__(axisItems={side: _Axis(side) for side in ("left", "bottom")}, enableMenu=False)
        describe(self, name, tooltip)
        self._theme = theme
        self._log = log
        self._pick = np.argmax if keep == "max" else np.argmin
        self._values: FloatArray = np.zeros(0, np.float32)
        self._low = 0.0
        self._bars = Bars(keep)
        self._callouts = Callouts()
        self._line = pg.InfiniteLine(angle=0, movable=False)
        self._build(unit)
        theme.changed.connect(self._dress)
        self._dress()

    def set_bars(self, values: FloatArray, low: float, high: float) -> None:
        """Draw `values` (float32, all finite) between `low` and `high`; positive limits where logarithmic."""
        if len(values) != len(self._values):
            self._show_all(len(values))
        self._values = values
        self._low = self._scaled(low)
        self.plotItem.setYRange(self._low, self._scaled(high), padding=0)
        self._bars.set_values(self._scaled_all(values, low), self._low)

    def set_callouts(self, callouts: Sequence[Callout]) -> None:
        """Mark bars, the most important first."""
        inside = [c for c in callouts if 0 <= c.index < len(self._values)]
        tips = [self._scaled(float(self._values[c.index])) for c in inside]
        self._callouts.set_points(
            [(c.index, self._low, max(tip, self._low), c.text) for c, tip in zip(inside, tips, strict=True)]
        )

    def set_line(self, value: float | None, text: str = "") -> None:
        """A dashed line across the plot at `value`, or none."""
        shown = value is not None and (value > 0 or not self._log)
        self._line.setVisible(shown)
        if shown and value is not None:
            self._line.setPos(self._scaled(value))
            self._line.setToolTip(text)

    def _build(self, unit: str) -> None:
        plot, left = self.plotItem, self.plotItem.getAxis("left")
        plot.hideButtons()
        plot.setMouseEnabled(x=True, y=False)
        left.setWidth(_AXIS_WIDTH + (_UNIT_WIDTH if unit else 0))
        left.setLogMode(self._log)
        left.setLabel(unit or None)
        plot.disableAutoRange()
        plot.showGrid(y=True, alpha=0.25)
        for item in (self._bars, self._callouts, self._line):
            plot.addItem(item, ignoreBounds=True)
        self._line.hide()
        self.setMouseTracking(True)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _show_all(self, count: int) -> None:
        count = max(count, 1)
        margin = 0.5 + count * 0.01
        self.plotItem.setLimits(xMin=-margin, xMax=count - 1 + margin, minXRange=min(4, count))
        self.plotItem.setXRange(-margin, count - 1 + margin, padding=0)

    def _scaled(self, value: float) -> float:
        return float(np.log10(max(value, 1e-30))) if self._log else value

    def _scaled_all(self, values: FloatArray, low: float) -> FloatArray:
        return np.log10(np.maximum(values, np.float32(low))) if self._log else values

    def _dress(self) -> None:
        colours = self._theme.colours
        self.setBackground(colours.surface)
        for side in ("left", "bottom"):
            self.plotItem.getAxis(side).setPen(colours.border)
            self.plotItem.getAxis(side).setTextPen(colours.muted)
        self._bars.set_colour(colours.bar)
        self._callouts.set_colours(colours.outlier, colours.surface)
        self._line.setPen(pg.mkPen(colours.accent, width=1, style=Qt.PenStyle.DashLine))

    def index_at(self, x: float) -> int:
        """The bar at viewport position `x`: the most extreme of those its pixel stands for; -1 outside."""
        view = self.plotItem.vb
        left, right = (view.mapSceneToView(self.mapToScene(int(x) + d, 0)).x() for d in (-1, 1))
        first, last = max(0, round(left)), min(len(self._values) - 1, round(right))
        return first + int(self._pick(self._values[first : last + 1])) if first <= last else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.hovered.emit(self.index_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(-1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self._show_all(len(self._values))
