"""The stacked bar: every term of a budget against the cards it might lie on, with edges that can be moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from views.calculator.edge import Edge
from views.calculator.marks import draw_marks, mood_colour, row_height
from views.calculator.scale import draw_scale
from views.frames.calculator import BarFrame, MarkFrame, SegmentFrame
from views.theme import Colours, Theme
from views.widgets import describe

_BAR = 46
_SIDE = 8
_GRIP = 26
_INNER = 6
TOTAL = "total"


class BudgetBar(QWidget):
    """Draws a `BarFrame`. While an edge is dragged the scale stands still, so that the edge stays under the
    pointer.

    `edge_dragged` gives the edge's key and the bytes its segment should have ("total": all of them);
    `edge_stepped` the key and how many steps the keyboard moved it.
    """

    edge_dragged = Signal(str, float)
    edge_stepped = Signal(str, int)
    drag_ended = Signal()
    segment_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._frame = BarFrame()
        self._scale_bytes = 1
        self._edges: dict[str, Edge] = {}
        self._dragged: Edge | None = None
        describe(self, "Memory of the model against the cards")
        self.setToolTip("")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(640, int(self._top()) + _BAR + self.fontMetrics().height() + 6)

    def _top(self) -> float:
        """Above the band, two rows of names."""
        return 4 + 2 * row_height(self.fontMetrics())

    def set_frame(self, frame: BarFrame) -> None:
        self._frame = frame
        if self._dragged is None:
            self._scale_bytes = max(1, frame.scale_bytes)
        said = (f"{s.label} {s.size}" for s in frame.segments)
        self.setAccessibleDescription("; ".join((*said, *(m.tooltip for m in frame.marks))))
        self._place_edges()
        self.update()

    def edge(self, key: str) -> Edge:
        """The handle of one edge; KeyError if there is none."""
        return self._edges[key]

    def edges(self) -> tuple[str, ...]:
        """Keys of the edges that can be moved, from the left."""
        return tuple(key for key, edge in self._edges.items() if edge.isVisibleTo(self))

    def band(self) -> QRectF:
        """Where the bar itself lies."""
        return QRectF(_SIDE, self._top(), max(1, self.width() - 2 * _SIDE), _BAR)

    def x_of(self, size_bytes: float) -> float:
        """Where an amount of memory ends."""
        return self.band().left() + self.band().width() * size_bytes / self._scale_bytes

    def pieces(self) -> Iterator[tuple[SegmentFrame, QRectF]]:
        """Each segment with its rectangle, at least a pixel wide where it holds anything."""
        start = 0
        for segment in self._frame.segments:
            left, right = self.x_of(start), self.x_of(start + segment.size_bytes)
            width = max(1.0, right - left) if segment.size_bytes else 0.0
            yield segment, QRectF(left, self._top(), width, _BAR)
            start += segment.size_bytes

    def segment_at(self, point: QPointF) -> SegmentFrame | None:
        found = [segment for segment, rect in self.pieces() if rect.contains(point)]
        return found[-1] if found else None

    def _place_edges(self) -> None:
        start, wanted = 0, {}
        for segment in self._frame.segments:
            if segment.edge:
                wanted[segment.key] = (start, start + segment.size_bytes, segment.edge, segment.edge_value)
            start += segment.size_bytes
        if self._frame.total_edge:
            wanted[TOTAL] = (0, start, self._frame.total_edge, "")
        for key, edge in self._edges.items():
            edge.setVisible(key in wanted)
        for key, (first, last, name, value) in wanted.items():
            # The edge of all of it lies lower, so that it can be told from the last segment's.
            above = _BAR - _GRIP + 4 if key == TOTAL else -2
            place = QPointF(self.x_of(last), self._top() + above)
            self._edge(key).show_at(first, place, name, value)

    def _edge(self, key: str) -> Edge:
        if key not in self._edges:
            edge = Edge(self, self._theme, key, _GRIP)
            edge.pulled.connect(self._pull)
            edge.released.connect(self._release)
            edge.stepped.connect(self.edge_stepped)
            self._edges[key] = edge
        return self._edges[key]

    def _pull(self, edge: Edge, x: float) -> None:
        self._dragged = edge
        here = (x - self.band().left()) / self.band().width() * self._scale_bytes
        self.edge_dragged.emit(edge.key, max(0.0, here - edge.start_bytes))

    def _release(self) -> None:
        self._dragged = None
        self.drag_ended.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_edges()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            segment = self.segment_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), segment.tooltip if segment else "", self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        inside = self.segment_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if inside else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        segment = self.segment_at(event.position())
        if segment is not None and event.button() == Qt.MouseButton.LeftButton:
            self.segment_chosen.emit(segment.key)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours, band = self._theme.colours, self.band()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_scale(painter, band, self._scale_bytes, colours)
        self._draw_room(painter, colours)
        self._draw_pieces(painter, colours)
        self._draw_excess(painter, colours)
        draw_marks(
            painter, band, [(self._end_of(mark), self._named(mark)) for mark in self._frame.marks], colours
        )

    def _end_of(self, mark: MarkFrame) -> float:
        """Where a card ends; one beyond the scale, at the end of the band."""
        return min(self.x_of(mark.size_bytes), self.band().right())

    def _named(self, mark: MarkFrame) -> MarkFrame:
        beyond = mark.size_bytes > self._scale_bytes
        return replace(mark, label=f"{mark.label} →") if beyond else mark

    def _draw_room(self, painter: QPainter, colours: Colours) -> None:
        """The first card's memory as a trough."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(self._room(), 5, 5)

    def _room(self) -> QRectF:
        band = self.band()
        if not self._frame.marks:
            return band
        return QRectF(band.left(), band.top(), self._end_of(self._frame.marks[0]) - band.left(), _BAR)

    def _draw_pieces(self, painter: QPainter, colours: Colours) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(self.band(), 5, 5)
        painter.save()
        painter.setClipPath(outline)
        for segment, rect in self.pieces():
            colour = QColor(colours.purpose(segment.key))
            painter.fillRect(rect, colour)
            if rect.width() > 2:
                painter.fillRect(
                    QRectF(rect.right() - 1, rect.top(), 1, rect.height()), QColor(colours.surface)
                )
            self._label(painter, segment, rect.adjusted(_INNER, 0, -_INNER, 0), colours)
        painter.restore()

    def _label(self, painter: QPainter, segment: SegmentFrame, room: QRectF, colours: Colours) -> None:
        """The name and the size on the piece itself, as far as they fit."""
        painter.setPen(ink_on(colours.purpose(segment.key)))
        metrics = painter.fontMetrics()
        lines = [
            text for text in (segment.label, segment.size) if metrics.horizontalAdvance(text) <= room.width()
        ]
        if segment.label in lines or len(lines) == 1:
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(room, flags, "\n".join(lines))

    def _draw_excess(self, painter: QPainter, colours: Colours) -> None:
        """What lies beyond the first card is hatched: it has no place."""
        used = sum(segment.size_bytes for segment in self._frame.segments)
        room = self._room()
        over = QRectF(room.right(), room.top(), self.x_of(used) - room.right(), _BAR)
        if not self._frame.marks or over.width() <= 0:
            return
        painter.fillRect(over, _veil(colours.surface))
        painter.setPen(QPen(mood_colour(colours, "bad"), 1))
        painter.setClipRect(over)
        for x in range(int(over.left()) - _BAR, int(over.right()), 8):
            painter.drawLine(QPointF(x, over.bottom()), QPointF(x + _BAR, over.top()))
        painter.setClipping(False)


def ink_on(paper: str) -> QColor:
    """Black or white, whichever is read more easily on `paper`: one of them reaches 4.5:1 on any colour."""
    colour = QColor(paper)
    red, green, blue = (_linear(channel) for channel in (colour.redF(), colour.greenF(), colour.blueF()))
    bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179  # WCAG 2: where both contrasts are equal
    return QColor(Qt.GlobalColor.black if bright else Qt.GlobalColor.white)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _veil(paper: str) -> QColor:
    colour = QColor(paper)
    colour.setAlpha(120)
    return colour
