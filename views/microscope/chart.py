"""A small chart of errors: lines over named places or values, a logarithmic y axis, marks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from views.figures import short
from views.frames.microscope import LinesFrame
from views.theme import Colours, Theme
from views.widgets import describe, label

_AXIS_WIDTH = 50


class _ErrorAxis(pg.AxisItem):  # type: ignore[misc]
    """Powers of ten in figures."""

    def __init__(self) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(False)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        decades = list(range(int(np.ceil(low)), int(np.floor(high)) + 1))
        if len(decades) >= 2:
            every = max(1, len(decades) * 18 // max(1, int(size)))
            return [(1.0, [float(decade) for decade in decades[::every]])]
        found: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
        return found[:1]

    def tickStrings(self, values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
        return [f"{10.0**value:.1e}" if value < -3 else short(10.0**value) for value in values]


class ErrorChart(QWidget):
    """Renders a `LinesFrame`."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._frame = LinesFrame()
        self._title = label("", "strong")
        self._note = label("", "muted", wrap=True)
        self._key = label("")
        self._key.setTextFormat(Qt.TextFormat.RichText)
        self._plot = pg.PlotWidget(axisItems={"left": _ErrorAxis()}, enableMenu=False)
        describe(self._plot, name)
        self._build()
        theme.changed.connect(self._draw)
        self._draw()

    def set_frame(self, frame: LinesFrame) -> None:
        self._frame = frame
        self._title.setText(frame.title)
        self._note.setText(frame.note)
        self._note.setVisible(bool(frame.note))
        self._draw()

    def texts(self) -> tuple[str, str, str]:
        """Title, key and note as they read."""
        return self._title.text(), self._key.text(), self._note.text()

    def _build(self) -> None:
        plot = self._plot.plotItem
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.getAxis("left").setWidth(_AXIS_WIDTH)
        plot.showGrid(y=True, alpha=0.2)
        self._plot.setMinimumHeight(110)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for part in (self._title, self._key, self._plot, self._note):
            column.addWidget(part, 1 if part is self._plot else 0)

    def _draw(self) -> None:
        colours, plot = self._theme.colours, self._plot.plotItem
        self._plot.setBackground(colours.surface)
        plot.clear()
        for side in ("left", "bottom"):
            plot.getAxis(side).setPen(colours.border)
            plot.getAxis(side).setTextPen(colours.muted)
        palette = _palette(colours)
        for i, line in enumerate(self._frame.lines):
            shown = line.y > 0
            colour = palette[i % len(palette)]
            dots = "o" if len(line.x) < 20 else None
            plot.plot(
                line.x[shown],
                np.log10(line.y[shown]),
                pen=pg.mkPen(colour, width=1),
                symbol=dots,
                symbolSize=6,
                symbolBrush=colour,
                symbolPen=None,
            )
        for x, text in self._frame.marks:
            self._mark(x, text)
        plot.getAxis("bottom").setTicks([list(self._frame.ticks)] if self._frame.ticks else None)
        names = [line.name for line in self._frame.lines if line.name]
        self._key.setVisible(bool(names))
        bullets = [f'<span style="color:{colour}">●</span>' for colour in palette]
        self._key.setText(
            "&nbsp;&nbsp; ".join(f"{bullets[i % len(bullets)]} {name}" for i, name in enumerate(names))
        )

    def _mark(self, x: float, text: str) -> None:
        colours = self._theme.colours
        best = text.startswith("T*")
        line = pg.InfiniteLine(
            x,
            angle=90,
            pen=pg.mkPen(colours.good if best else colours.text, style=Qt.PenStyle.DashLine),
            label=text,
            labelOpts={"position": 0.9 if best else 0.72, "color": colours.text},
        )
        self._plot.plotItem.addItem(line, ignoreBounds=True)


def _palette(colours: Colours) -> tuple[str, ...]:
    return colours.accent, colours.outlier, colours.good, colours.bar
