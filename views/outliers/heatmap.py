"""A map of rows × columns that can be zoomed, read, pinned and brushed; drawn pixel by pixel, so it stays
fast."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from views.frames.outliers import HeatFrame
from views.outliers.axes import draw_columns, draw_rows, draw_titles, margins
from views.outliers.palettes import colour_table
from views.outliers.pooling import Pyramid
from views.outliers.span import Span
from views.theme import Theme
from views.widgets import describe

_ZOOM = 1.25
_CLICK_PX = 4
_PAN_SHARE = 0.2
_RAIL_PX = 3


class HeatMap(QWidget):
    """Wheel zooms the columns (with Ctrl the rows), dragging pans, a click pins, Shift and dragging selects a
    range, a double click shows all. Arrow keys move what is pinned; + and − zoom; Home shows all.

    Signals give a row and a place among the columns; `hovered` −1, −1 when the pointer leaves.
    """

    hovered = Signal(int, int)
    pinned = Signal(int, int)
    brushed = Signal(int, int)

    def __init__(self, theme: Theme, name: str, tooltip: str) -> None:
        super().__init__()
        describe(self, name, tooltip)
        self._theme = theme
        self._frame = HeatFrame()
        self._pyramid: Pyramid | None = None
        self._columns, self._rows = Span(0), Span(0)
        self._pressed: QPointF | None = None
        self._dragged = False
        self._brush: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 96)
        theme.changed.connect(self.update)

    def set_frame(self, frame: HeatFrame) -> None:
        """Show a map; where it is the same thing as before, the part in view stays."""
        before, self._frame = self._frame, frame
        if frame.codes is not before.codes:
            self._pyramid = Pyramid(frame.codes) if frame.codes.size else None
        if (frame.key, frame.codes.shape) != (before.key, before.codes.shape):
            self._columns, self._rows = (Span(count) for count in frame.codes.shape[::-1])
            self._brush = None
        self.update()

    def part(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The columns and rows in view."""
        return self._columns.part, self._rows.part

    def zoom(self, factor: float, at: float = 0.5) -> None:
        """Show `factor` times as many columns; what is at the share `at` of the width stays there."""
        self._columns = self._columns.zoomed(factor, at)
        self.update()

    def show_all(self) -> None:
        self._columns, self._rows, self._brush = self._columns.whole, self._rows.whole, None
        self.update()

    def show_columns(self, first: int, last: int) -> None:
        """Zoom to a range of places."""
        self._columns = self._columns.around(first, last + 1)
        self.update()

    def area(self) -> QRect:
        """Where the map itself lies."""
        left, below = margins(self.fontMetrics(), self._frame.row_names)
        return self.rect().adjusted(left, 1, -1, -below)

    def cell_at(self, x: float, y: float) -> tuple[int, int]:
        """Row and place at a position; of several columns under one pixel the strongest; −1, −1 outside."""
        area = self.area()
        if self._pyramid is None or not QRectF(area).contains(QPointF(x, y)):
            return -1, -1
        row = int(self._rows.at((y - area.top()) / area.height()))
        left, right = (self._columns.at((x - area.left() + d) / area.width()) for d in (0, 1))
        first, last = self._columns.index(left), self._columns.index(max(right - 1e-6, left))
        row = self._rows.index(row)
        if row < self._frame.blank_rows:
            return -1, -1
        return row, first + int(self._pyramid.codes[row, first : last + 1].argmax())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours, area = QPainter(self), self._theme.colours, self.area()
        painter.fillRect(self.rect(), QColor(colours.surface))
        if self._pyramid is None:
            painter.setPen(QColor(colours.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 0, -24, 0), int(flags), self._frame.empty)
            return
        self._draw_cells(painter, area, self._pyramid)
        self._draw_blank(painter, area)
        painter.setPen(QColor(colours.muted))
        draw_rows(painter, area, self._rows, self._frame.row_names)
        draw_columns(painter, area, self._columns, self._frame.column_ids)
        draw_titles(painter, area, self._frame.axes)
        self._draw_marks(painter, area)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRect(area.adjusted(-1, -1, 0, 0))

    def _draw_cells(self, painter: QPainter, area: QRect, pyramid: Pyramid) -> None:
        """A line for each row, which the painter stretches: sooner than an image of all pixels is made."""
        ratio, rows = self.devicePixelRatioF(), self._rows.part
        size = max(1, round(area.width() * ratio)), max(1, round(area.height() * ratio))
        codes = pyramid.pixels(self._columns.part, rows, size)
        image = QImage(codes.data, size[0], len(codes), size[0], QImage.Format.Format_Indexed8)
        image.setColorTable(list(colour_table(self._frame.palette, self._theme.colours.danger)))
        length = rows[1] - rows[0]
        top, height = (rows[0] % 1, length) if length <= size[1] else (0, len(codes))
        lines = image.convertToFormat(QImage.Format.Format_RGB32)  # else each pixel looks its colour up
        painter.drawImage(QRectF(area), lines, QRectF(0, top, size[0], height))

    def _draw_blank(self, painter: QPainter, area: QRect) -> None:
        """Rows to come look like the page, not like small values."""
        bottom = area.top() + min(max(self._rows.share(self._frame.blank_rows), 0), 1) * area.height()
        blank = QRectF(area.left(), area.top(), area.width(), bottom - area.top())
        painter.fillRect(blank, QColor(self._theme.colours.surface))

    def _draw_marks(self, painter: QPainter, area: QRect) -> None:
        painter.setClipRect(area)
        if self._brush is not None:
            left, right = (area.left() + self._columns.share(c) * area.width() for c in self._brush)
            shade = QColor(self._theme.colours.accent)
            shade.setAlpha(70)
            painter.fillRect(QRectF(left, area.top(), right - left, area.height()), shade)
        if self._frame.pinned is not None:
            self._draw_pin(painter, area, *self._frame.pinned)

    def _draw_pin(self, painter: QPainter, area: QRect, row: int, place: int) -> None:
        """Rails beside the column and a frame around the cell, so that neither is hidden."""
        left, right = (area.left() + self._columns.share(at) * area.width() for at in (place, place + 1))
        top, bottom = (area.top() + self._rows.share(at) * area.height() for at in (row, row + 1))
        cell = QRectF(left, top, right - left, bottom - top).adjusted(-_RAIL_PX, 0, _RAIL_PX, 0)
        for colour, width in (("#000000", 3), ("#ffffff", 1)):  # seen on every colour of the map
            painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine))
            for x in (cell.left(), cell.right()):
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawRect(cell)

    def wheelEvent(self, event: QWheelEvent) -> None:
        area, steps = self.area(), event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            at = (event.position().y() - area.top()) / max(area.height(), 1)
            self._rows = self._rows.zoomed(_ZOOM**-steps, at)
        else:
            at = (event.position().x() - area.left()) / max(area.width(), 1)
            self._columns = self._columns.zoomed(_ZOOM**-steps, at)
        event.accept()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        if self._pressed is None:
            self.hovered.emit(*self.cell_at(here.x(), here.y()))
            return
        moved = here - self._pressed
        self._dragged = self._dragged or moved.manhattanLength() >= _CLICK_PX
        if not self._dragged:
            return
        area = self.area()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            ends = sorted(
                self._columns.at((p.x() - area.left()) / area.width()) for p in (self._pressed, here)
            )
            self._brush = self._columns.index(ends[0]), self._columns.index(ends[1]) + 1
        else:
            self._columns = self._columns.moved(-moved.x() / area.width())
            self._rows = self._rows.moved(-moved.y() / area.height())
            self._pressed = here
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        if self._dragged and self._brush is not None:
            self.brushed.emit(self._brush[0], self._brush[1] - 1)
        elif not self._dragged:
            row, place = self.cell_at(event.position().x(), event.position().y())
            if row >= 0:
                self._brush = None
                self.pinned.emit(row, place)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(-1, -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = Qt.Key(event.key())
        if key in steps and self._pyramid is not None:
            row, place = self._frame.pinned or (0, 0)
            rows, columns = self._frame.codes.shape
            down, right = steps[key]
            first = self._frame.blank_rows
            self.pinned.emit(min(max(row + down, first), rows - 1), min(max(place + right, 0), columns - 1))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1 / _ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(_ZOOM)
        elif key == Qt.Key.Key_Home:
            self.show_all()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._columns = self._columns.moved(_PAN_SHARE if key == Qt.Key.Key_PageDown else -_PAN_SHARE)
            self.update()
        else:
            super().keyPressEvent(event)
