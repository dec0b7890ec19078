"""A strip of dots: signal to noise of every tensor over the layers, a column of dots a kind of tensor."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from views.frames.microscope import TensorRow, TensorsFrame
from views.theme import Theme
from views.widgets import describe

_HEIGHT = 112
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 8, 8, 18
_NEAR = 9.0


class TensorStrip(QWidget):
    """Filled dots are the first scheme, rings the second; a click chooses the tensor."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        describe(
            self,
            "Signal to noise of every tensor",
            "Signal to noise in dB over the layers. Filled dots are the first format, rings the second.",
        )
        self._theme = theme
        self._frame = TensorsFrame()
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def set_frame(self, frame: TensorsFrame) -> None:
        self._frame = frame
        self.update()

    def dots(self) -> list[tuple[TensorRow, int, QPointF]]:
        """(tensor, scheme, place) of all that is drawn."""
        rows = [row for row in self._frame.rows if any(value is not None for value in row.values)]
        if not rows:
            return []
        kinds = list(dict.fromkeys(row.kind for row in rows))
        last = max(row.layer for row in rows) + 1
        low, high = self._limits()
        width, height = self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM
        found = []
        for row in rows:
            lane = (max(row.layer, 0) + (kinds.index(row.kind) + 0.5) / len(kinds)) / max(last, 1)
            for scheme, value in enumerate(row.values):
                if value is not None:
                    y = _TOP + height * (1 - (value - low) / (high - low))
                    found.append((row, scheme, QPointF(_LEFT + width * lane, y)))
        return found

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._at(event.position())
        if row is not None:
            self.chosen.emit(row.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        near = self._at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if near else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self._at(QPointF(event.pos()))
            if row is not None:
                QToolTip.showText(event.globalPos(), " · ".join(row.cells), self)
                return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours = QPainter(self), self._theme.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dots = self.dots()
        painter.setPen(QColor(colours.muted))
        if not dots:
            text = "Every tensor's signal to noise appears here once it is measured."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
            return
        self._paint_axes(painter)
        for row, scheme, place in dots:
            chosen = row.key == self._frame.chosen
            colour = QColor(colours.outlier if chosen else (colours.accent, colours.good)[scheme % 2])
            painter.setPen(QPen(colour, 1.4) if scheme else Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.NoBrush if scheme else colour)
            size = 4.5 if chosen else 2.6
            painter.drawEllipse(place, size, size)

    def _paint_axes(self, painter: QPainter) -> None:
        low, high = self._limits()
        bottom = self.height() - _BOTTOM
        painter.setPen(QPen(QColor(self._theme.colours.grid), 1))
        for y in (_TOP, bottom):
            painter.drawLine(QPointF(_LEFT, y), QPointF(self.width() - _RIGHT, y))
        painter.setPen(QColor(self._theme.colours.muted))
        painter.drawText(QPointF(2, _TOP + 9), f"{high:.0f} dB"[:6])
        painter.drawText(QPointF(2, bottom), f"{low:.0f}")
        painter.drawText(QPointF(_LEFT, self.height() - 4), "layer 0")
        last = f"{max(row.layer for row in self._frame.rows)}"
        width = painter.fontMetrics().horizontalAdvance(last)
        painter.drawText(QPointF(self.width() - _RIGHT - width, self.height() - 4), last)

    def _limits(self) -> tuple[float, float]:
        values = [value for row in self._frame.rows for value in row.values if value is not None]
        low, high = min(values), max(values)
        return (low - 1, high + 1) if high - low < 2 else (low, high)

    def _at(self, position: QPointF) -> TensorRow | None:
        near = [((place - position).manhattanLength(), i) for i, (_, _, place) in enumerate(self.dots())]
        distance, at = min(near, default=(_NEAR, -1))
        return self.dots()[at][0] if distance < _NEAR else None
