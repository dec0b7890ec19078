"""The damage map: one cell a block, coloured by what its scale did, the worst of those a pixel stands for."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent

from views.figures import short
from views.frames.arrays import FloatArray
from views.frames.microscope import MapFrame
from views.microscope.heat import Pyramid, heat_table
from views.theme import Theme
from views.widgets import describe

_AXIS_WIDTH = 58
_HALF_A_LABEL = 9


class _Axis(pg.AxisItem):  # type: ignore[misc]
    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.enableAutoSIPrefix(False)


class DamageMap(pg.PlotWidget):  # type: ignore[misc]
    """Wheel to zoom, drag to pan, double-click to see all, click to look at a block, arrows to step."""

    chosen = Signal(int, int)  # row, block
    hovered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        axes = {side: _Axis(side) for side in ("left", "bottom")}
        super().__init__(axisItems=axes, enableMenu=False)
        describe(
            self,
            "Damage map",
            "One cell a block. Wheel to zoom, drag to pan, double-click to see all; click a block to look at "
            "it, arrow keys to step.",
        )
        self._theme = theme
        self._frame = MapFrame()
        self._pyramid: Pyramid | None = None
        self._image = pg.ImageItem(axisOrder="row-major")
        self._cursor = pg.QtWidgets.QGraphicsRectItem()
        self._marks: list[pg.InfiniteLine] = []
        self._late = QTimer(self, singleShot=True, interval=0)
        self._late.timeout.connect(self._draw)
        self._build()
        theme.changed.connect(self._dress)
        self._dress()

    def set_frame(self, frame: MapFrame) -> None:
        former, self._frame = self._frame, frame
        if frame.values is not former.values or frame.worst != former.worst:
            self._pyramid = Pyramid(frame.values, frame.worst) if frame.values.size else None
            if frame.values.shape != former.values.shape:
                self._show_all()
        for side, name in (("left", frame.row_name), ("bottom", "block")):
            self.plotItem.getAxis(side).setStyle(showValues=bool(frame.values.size))
            self.plotItem.getAxis(side).setLabel(name if frame.values.size else None)
        self._mark(frame.marked)
        self._place_cursor()
        self._draw()

    def halvings(self) -> tuple[int, int]:
        """How often rows and columns are halved in the picture on show: until a cell is about a pixel."""
        if self._pyramid is None:
            return 0, 0
        per_pixel = self.plotItem.vb.viewPixelSize()[::-1]
        wanted = (int(np.floor(np.log2(max(cells, 1)))) for cells in per_pixel)
        rows, columns = (min(level, most) for level, most in zip(wanted, self._pyramid.deepest, strict=True))
        return rows, columns

    def block_at(self, x: float, y: float) -> tuple[int, int] | None:
        """(row, block) at a position of the viewport; where a pixel stands for many blocks, the worst."""
        if self._pyramid is None:
            return None
        point = self.plotItem.vb.mapSceneToView(self.mapToScene(int(x), int(y)))
        tall, wide = (1 << level for level in self.halvings())
        row, block = int(np.floor(point.y())) // tall * tall, int(np.floor(point.x())) // wide * wide
        values = self._frame.values
        if not (0 <= row < values.shape[0] and 0 <= block < values.shape[1]):
            return None
        cells = values[row : row + tall, block : block + wide]
        at = int(cells.argmin() if self._frame.worst == "min" else cells.argmax())
        return row + at // cells.shape[1], block + at % cells.shape[1]

    def read(self, row: int, block: int) -> str:
        """What the map says of one block."""
        value = float(self._frame.values[row, block])
        return (
            f"{self._frame.row_name} {row:,} · block {block:,} · {short(value)} {self._frame.unit}".rstrip()
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        at = self.block_at(event.position().x(), event.position().y())
        self.hovered.emit(self.read(*at) if at else "")

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit("")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self._show_all()

    def keyPressEvent(self, event: object) -> None:
        moves = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        move = moves.get(event.key())  # type: ignore[attr-defined]
        if move is None or self._frame.chosen is None or self._pyramid is None:
            super().keyPressEvent(event)
            return
        rows, blocks = self._frame.values.shape
        row, block = (at + by for at, by in zip(self._frame.chosen, move, strict=True))
        self.chosen.emit(min(max(row, 0), rows - 1), min(max(block, 0), blocks - 1))

    def _build(self) -> None:
        plot = self.plotItem
        plot.hideButtons()
        plot.disableAutoRange()
        plot.invertY(True)  # the first row on top
        plot.getAxis("left").setWidth(_AXIS_WIDTH)
        plot.layout.setContentsMargins(0, _HALF_A_LABEL, 0, 0)  # the first row's number stands on the edge
        plot.addItem(self._image)
        self._cursor.setZValue(5)
        plot.addItem(self._cursor, ignoreBounds=True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plot.vb.sigRangeChanged.connect(lambda *_: self._late.start())
        self.scene().sigMouseClicked.connect(self._click)

    def _click(self, event: object) -> None:
        where = event.scenePos()  # type: ignore[attr-defined]
        view = self.mapFromScene(where)
        at = self.block_at(view.x(), view.y())
        if at is not None and event.button() == Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            self.chosen.emit(*at)

    def _show_all(self) -> None:
        rows, blocks = (max(count, 1) for count in self._frame.values.shape)
        self.plotItem.setLimits(xMin=0, xMax=blocks, yMin=0, yMax=rows, minXRange=1, minYRange=1)
        self.plotItem.setRange(xRange=(0, blocks), yRange=(0, rows), padding=0)

    def _draw(self) -> None:
        """The part in view, and no more."""
        if self._pyramid is None:
            self._image.clear()
            return
        levels = self.halvings()
        values, (tall, wide) = self._pyramid.picture(*levels), (1 << level for level in levels)
        view = self.plotItem.vb.viewRect()
        top, left = max(int(view.top() // tall), 0), max(int(view.left() // wide), 0)
        bottom, right = int(np.ceil(view.bottom() / tall)) + 1, int(np.ceil(view.right() / wide)) + 1
        part = values[top:bottom, left:right]
        if not part.size:
            return
        self._image.setImage(self._coloured(part), levels=(0.0, 1.0), autoLevels=False)
        height, width = part.shape
        self._image.setRect(QRectF(left * wide, top * tall, width * wide, height * tall))

    def _coloured(self, part: FloatArray) -> FloatArray:
        """0 … 1, 1 the worst."""
        frame = self._frame
        low, high = frame.low, frame.high
        if frame.log:
            part, low, high = np.log10(np.maximum(part, low)), np.log10(low), np.log10(high)
        share = np.clip((part - low) / max(high - low, 1e-12), 0, 1)
        return np.ascontiguousarray(1 - share if frame.worst == "min" else share, dtype=np.float32)

    def _place_cursor(self) -> None:
        chosen = self._frame.chosen
        self._cursor.setVisible(chosen is not None)
        if chosen is not None:
            self._cursor.setRect(QRectF(chosen[1], chosen[0], 1, 1))

    def _mark(self, blocks: tuple[int, ...]) -> None:
        for line in self._marks:
            self.plotItem.removeItem(line)
        pen = pg.mkPen(self._theme.colours.accent, width=1, style=Qt.PenStyle.DotLine)
        self._marks = [pg.InfiniteLine(block + 0.5, angle=90, pen=pen) for block in blocks]
        for line in self._marks:
            self.plotItem.addItem(line, ignoreBounds=True)

    def _dress(self) -> None:
        colours = self._theme.colours
        self.setBackground(colours.surface)
        for side in ("left", "bottom"):
            self.plotItem.getAxis(side).setPen(colours.border)
            self.plotItem.getAxis(side).setTextPen(colours.muted)
        self._cursor.setPen(pg.mkPen(colours.accent, width=2))
        self._image.setLookupTable(heat_table(self._theme))
        self._mark(self._frame.marked)
        self._draw()
