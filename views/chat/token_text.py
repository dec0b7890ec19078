"""Text in which every token can be pointed at, walked to and opened."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, groupby
from math import ceil
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextCharFormat,
    QTextCursor,
    QTextLine,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QTextEdit, QToolTip

from views.frames.tokens import TokenFrame
from views.theme import Theme
from views.tint import level_of, tints
from views.widgets import describe

_TEXT_SIZE = 1.14
_HINT = "Left and Right walk from token to token, Enter opens one."
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
_LINES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
Look = tuple[int, bool]  # level of the tint, whether it is muted


class TokenText(QTextEdit):
    """As tall as its text; one document, since a widget a token would not do for thousands."""

    opened = Signal(int, QRect)  # index, and where the token is on the screen

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tokens: tuple[TokenFrame, ...] = ()
        self._starts: list[int] = []
        self._current = 0
        self._looks: dict[Look, QTextCharFormat] = {}
        self._dress()
        theme.changed.connect(self._redress)

    def set_tokens(self, tokens: tuple[TokenFrame, ...]) -> None:
        """Show these; of an answer that has only grown, what is new is laid out."""
        old = self._tokens
        if tokens == old:
            return
        kept = len(old) if tokens[: len(old)] == old else 0
        self._tokens = tokens
        if not kept:
            self.clear()
        self._insert(kept)
        self._current = min(self._current, max(0, len(tokens) - 1))

    def current(self) -> int:
        """The token that the keyboard is at."""
        return self._current

    def go_to(self, index: int) -> None:
        """Move the keyboard to a token."""
        if self._tokens:
            self._current = max(0, min(index, len(self._tokens) - 1))
            self.setAccessibleDescription(f"{self._tokens[self._current].tooltip}\n{_HINT}")
            self.viewport().update()

    def open_current(self) -> None:
        if self._tokens:
            self._open(self._current)

    def token_at(self, place: QPoint) -> int | None:
        """Which token is drawn at a place of the viewport."""
        if not self._tokens:
            return None
        near = self.cursorForPosition(place).position()
        index = bisect_right(self._starts, near) - 1
        for candidate in (index, index - 1):
            if candidate >= 0 and self.rect_of(candidate).adjusted(-1, -2, 1, 2).contains(place):
                return candidate
        return None

    def rect_of(self, index: int) -> QRect:
        """Where a token's first line is drawn, in the viewport."""
        start, length = self._starts[index], _units(self._tokens[index].text.rstrip("\n"))
        block = self.document().findBlock(start)
        layout = block.layout()
        line = layout.lineForTextPosition(start - block.position())
        if not line.isValid():
            return QRect()
        left, right = sorted(_x_of(line, at - block.position()) for at in (start, start + length))
        box = QRectF(left, line.y(), max(right - left, 2), line.height())
        return box.translated(layout.position()).toAlignedRect()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            index = self.token_at(event.position().toPoint())
            if index is not None:
                self._open(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = self.token_at(event.position().toPoint()) is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.go_to(self._current + _STEPS[key])
        elif key in _ENDS:
            self.go_to(_ENDS[key] % max(1, len(self._tokens)))
        elif key in _LINES:
            self._go_by_line(_LINES[key])
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif key in _OPENING:
            self.open_current()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.go_to(self._current)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.token_at(event.pos())
            QToolTip.showText(event.globalPos(), self._tokens[index].tooltip if index is not None else "")
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        for index in (i for i, token in enumerate(self._tokens) if token.marked):
            self._outline(painter, index, QPen(QColor(colours.danger), 2))
        if self.hasFocus() and self._tokens:
            self._outline(painter, self._current, QPen(QColor(colours.accent), 2))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy", self.copy_selection).setEnabled(self.textCursor().hasSelection())
        menu.addAction("Select all", self.selectAll)
        menu.popup(event.globalPos())

    def copy_selection(self) -> None:
        """Copy what was written, without the marks that make breaks seen.

        As text, not as an object of ours: the clipboard outlives Python, and would call it when both end.
        """
        text = self.textCursor().selection().toPlainText()
        QGuiApplication.clipboard().setText(text.replace("↵\n", "\n").replace("⇥\t", "\t"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The transcript scrolls, not its messages."""
        event.ignore()

    def _outline(self, painter: QPainter, index: int, pen: QPen) -> None:
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect_of(index)).adjusted(-1, 0, 1, 0), 3, 3)

    def _open(self, index: int) -> None:
        self.go_to(index)
        rect = self.rect_of(index)
        self.opened.emit(index, QRect(self.viewport().mapToGlobal(rect.topLeft()), rect.size()))

    def _go_by_line(self, lines: int) -> None:
        if not self._tokens:
            return
        place = self.rect_of(self._current)
        target = place.center() + QPoint(0, lines * place.height())
        near = self.cursorForPosition(target).position()
        self.go_to(bisect_right(self._starts, near) - 1)

    def _insert(self, first: int) -> None:
        """Append the tokens from `first` on, a run of equal looks at a time."""
        new = self._tokens[first:]
        start = self._starts[-1] + _units(self._tokens[first - 1].text) if first else 0
        lengths = [_units(token.text) for token in new]
        self._starts = [*self._starts[:first], *accumulate(lengths[:-1], initial=start)] if new else []
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for look, run in groupby(new, _look_of):
            cursor.insertText("".join(token.text for token in run), self._format(look))
        cursor.endEditBlock()

    def _format(self, look: Look) -> QTextCharFormat:
        if look not in self._looks:
            level, muted = look
            colours = self._theme.colours
            style = QTextCharFormat()
            style.setForeground(QColor(colours.muted if muted and level < 0 else colours.text))
            if level >= 0:
                style.setBackground(QColor(tints(colours)[level]))
            self._looks[look] = style
        return self._looks[look]

    def _redress(self) -> None:
        self._looks.clear()
        self._size()
        self.clear()
        self._insert(0)

    def _dress(self) -> None:
        describe(self, "Answer, token by token", _HINT)
        self.setToolTip("")  # every token has its own
        self.setProperty("look", "bare")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setMouseTracking(True)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(2)
        self._size()
        self.document().documentLayout().documentSizeChanged.connect(self._follow_height)

    def _size(self) -> None:
        """As large as the text of messages."""
        font = QGuiApplication.font()
        font.setPointSizeF(font.pointSizeF() * _TEXT_SIZE)
        self.setFont(font)
        self.document().setDefaultFont(font)

    def _follow_height(self, size: QSizeF) -> None:
        self.setFixedHeight(max(1, ceil(size.height())))


def _x_of(line: QTextLine, at: int) -> float:
    """Where a line's cursor is drawn before the character `at`."""
    x, _ = cast(tuple[float, int], line.cursorToX(at))
    return x


def _units(text: str) -> int:
    """Length as the document counts it: in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _look_of(token: TokenFrame) -> Look:
    return (-1 if token.tint is None else level_of(token.tint)), token.muted
