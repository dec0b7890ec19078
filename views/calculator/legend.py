"""The terms below the bar, each a button that opens its formula."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from views.frames.calculator import BarFrame, SegmentFrame
from views.theme import Theme
from views.widgets import describe

_LEFT = 14
_WIDEST = "999.99 MiB  99%"


class Term(QAbstractButton):
    """A swatch, the name and the size of one term."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._segment: SegmentFrame | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def set_segment(self, segment: SegmentFrame) -> None:
        if segment != self._segment:
            self._segment = segment
            describe(self, f"{segment.label}: {segment.size}", segment.tooltip)
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(_bold(self.font()))
        return QSize(_LEFT + metrics.horizontalAdvance(_WIDEST) + 2, 2 * metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width() // 3, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        segment, colours = self._segment, self._theme.colours
        if segment is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent)) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.purpose(segment.key)))
        painter.drawRoundedRect(QRectF(4, 5, 4, self.height() - 10), 2, 2)
        name = QRectF(_LEFT, 2, self.width() - _LEFT - 2, self.height() / 2 - 2)
        painter.setPen(QColor(colours.muted))
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, segment.label)
        painter.setPen(QColor(colours.text))
        painter.setFont(_bold(self.font()))
        size = name.translated(0, name.height())
        painter.drawText(size, Qt.AlignmentFlag.AlignVCenter, segment.size)
        width = painter.fontMetrics().horizontalAdvance(segment.size + "  ")
        painter.setFont(self.font())
        painter.setPen(QColor(colours.muted))
        painter.drawText(size.adjusted(width, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, segment.share)


def _bold(font: QFont) -> QFont:
    result = QFont(font)
    result.setBold(True)
    return result


class TermLegend(QWidget):
    """The terms in as many columns as fit."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._terms: dict[str, Term] = {}
        self._order: tuple[str, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(2)

    def set_frame(self, frame: BarFrame) -> None:
        order = tuple(segment.key for segment in frame.segments)
        for segment in frame.segments:
            self._term(segment.key).set_segment(segment)
        if order != self._order:
            self._order = order
            self._arrange()

    def term(self, key: str) -> Term:
        return self._terms[key]

    def _term(self, key: str) -> Term:
        if key not in self._terms:
            term = Term(self._theme)
            term.setParent(self)  # or it would be shown as a window of its own
            term.clicked.connect(lambda: self.chosen.emit(key))
            self._terms[key] = term
        return self._terms[key]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        widest = max((term.sizeHint().width() for term in self._terms.values()), default=1)
        columns = max(1, (self.width() + 4) // (widest + 4))
        for key, term in self._terms.items():
            term.setVisible(key in self._order)
            self._grid.removeWidget(term)
        for index, key in enumerate(self._order):
            self._grid.addWidget(self._terms[key], index // columns, index % columns)
        for column in range(max(columns, self._grid.columnCount())):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
