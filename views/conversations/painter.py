"""Draws a row of the list: a heading, or a title with a line of small print under it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from views.conversations.rows import CURRENT, ROW, Index
from views.frames.conversations import ConversationRow
from views.icons import icon
from views.theme import Theme
from views.widgets import describe

_PAD = 8
_GAP = 2
_RADIUS = 6
_PIN = 12


class RowPainter(QStyledItemDelegate):
    """The conversation on show has a bar at its left; what was looked for is marked."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = option.fontMetrics.height()
        is_row = isinstance(index.data(ROW), ConversationRow)
        return QSize(80, 2 * line + _GAP + 12 if is_row else line + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, ConversationRow):
            self._paint_ground(painter, option, bool(index.data(CURRENT)))
            self._paint_row(painter, option, row, bool(index.data(CURRENT)))
        else:
            painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
            place = option.rect.adjusted(_PAD, 6, -_PAD, 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, str(row))
        painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(200)
        describe(editor, "Title of the conversation", "Enter keeps the title, Escape leaves it as it was")
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        editor.setGeometry(option.rect.adjusted(2, 2, -2, -2))

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, current: bool) -> None:
        """What lies under the text says: on show, chosen by the keyboard, or under the mouse."""
        colours, state = self._theme.colours, option.state
        ground = option.rect.adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if current:
            painter.setBrush(QColor(colours.accent_soft))
            painter.drawRoundedRect(ground, _RADIUS, _RADIUS)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(colours.raised))
            painter.drawRoundedRect(ground, _RADIUS, _RADIUS)
        if state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ground, _RADIUS, _RADIUS)

    def _paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, row: ConversationRow, current: bool
    ) -> None:
        colours = self._theme.colours
        line = option.fontMetrics.height()
        inside = option.rect.adjusted(_PAD, 6, -_PAD, -6)
        if row.pinned:
            pin = QRect(inside.right() - _PIN, inside.top() + (line - _PIN) // 2, _PIN, _PIN)
            icon("pin", QPalette.ColorRole.PlaceholderText).paint(painter, pin)
        room = inside.width() - (_PIN + 4 if row.pinned else 0)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if current else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPointF(inside.left(), inside.top() + option.fontMetrics.ascent()), title)
        below = QRect(inside.left(), inside.top() + line + _GAP, inside.width(), line)
        painter.setPen(QColor(colours.muted))
        self._paint_small_print(painter, option.font, below, row)

    def _paint_small_print(self, painter: QPainter, font: QFont, place: QRect, row: ConversationRow) -> None:
        """One line, cut off at the right; the words that were found stand out."""
        text = "".join(piece for piece, _ in row.snippet) or row.detail
        small = QFont(font)
        small.setPointSizeF(font.pointSizeF() * 0.9)
        layout = QTextLayout(text, small)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        layout.setFormats(self._marks(row))
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(place.width())
        layout.endLayout()
        painter.setClipRect(place)
        layout.draw(painter, QPointF(place.topLeft()))

    def _marks(self, row: ConversationRow) -> list[QTextLayout.FormatRange]:
        mark = QTextCharFormat()
        mark.setFontWeight(QFont.Weight.Bold)
        mark.setForeground(QColor(self._theme.colours.text))
        mark.setBackground(QColor(self._theme.colours.warning_soft))
        marks, start = [], 0
        for piece, found in row.snippet:
            if found:
                span = QTextLayout.FormatRange()
                span.start, span.length, span.format = start, len(piece), mark
                marks.append(span)
            start += len(piece)
        return marks
