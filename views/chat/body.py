"""The text of one message on the screen: painted block by block, selected across blocks."""

from __future__ import annotations

import time
from math import ceil

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from views.chat.code_buttons import CodeButtons
from views.chat.column import Column
from views.chat.markdown import MarkdownStream
from views.chat.plain import plain_blocks
from views.chat.selection import Place, Selection
from views.chat.side_bars import SideBars
from views.chat.style import TextStyle

_AT_ONCE_S = 0.006


class MessageBody(QWidget):
    """As tall as its text. What is far from the screen is laid out by and by: see `work`."""

    height_changed = Signal()
    link_clicked = Signal(str, QPoint)  # the address, and where on the screen
    selection_started = Signal()
    word_opened = Signal(int, QRect)  # where in the text, and where on the screen

    def __init__(self, style: TextStyle, name: str, markdown: bool = True) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._stream = MarkdownStream() if markdown else None
        self._generation = 0
        self._settled = 0
        self._text = ""
        self.column = Column(style, 400)
        self.selection = Selection()
        self._buttons = CodeButtons(self)
        self._bars = SideBars(self)
        self._pressed_link = ""
        self.opens_words = False  # by Ctrl+click
        self._seen = (0.0, 600.0)

    def set_text(self, text: str) -> None:
        """Show `text`; where it continues what was shown only its last block is laid out again."""
        if text == self._text:
            return
        self._text = text
        if self._stream is None:
            self.column.set_blocks(plain_blocks(text))
            self._update_height()
        else:
            self._stream.set_text(text)
            self._read(_AT_ONCE_S)

    def text(self) -> str:
        """The source of what is shown."""
        return self._text

    def set_style(self, style: TextStyle) -> None:
        self.column.set_style(style)
        self.prepare(*self._seen)

    def prepare(self, top: float, bottom: float) -> None:
        """Lay out what is about to be seen."""
        self._seen = (top, bottom)
        if self.column.blocks:
            self.column.lay_out(top, bottom)
        self._update_height()
        self._buttons.place(self.column, top, bottom)
        self._bars.place(self.column, top, bottom)

    def work(self, seconds: float) -> bool:
        """Read and lay out more of what is not in sight; False once nothing is left to do."""
        if self._stream is not None and not self._stream.done:
            self._read(seconds)
        elif self.column.pending:
            self.column.lay_some(seconds)
            self._update_height()
        return self.busy

    @property
    def busy(self) -> bool:
        """Whether `work` has something to do."""
        return self.column.pending or (self._stream is not None and not self._stream.done)

    def take_apart(self) -> list[object]:
        """Give away all that was read and laid out; nothing is shown from now on."""
        self._stream = None
        return self.column.take_apart()

    def selected_text(self) -> str:
        return self.selection.text(self.column)

    def clear_selection(self) -> None:
        self.selection.start_at((0, 0))
        self.update()

    def copy(self) -> None:
        """The selection as text; all of it, or nothing selected, as the source."""
        chosen = self.selected_text()
        whole = not chosen or chosen == self._all().text(self.column)
        QGuiApplication.clipboard().setText(self._text if whole else chosen)

    def select_all(self) -> None:
        self.selection = self._all()
        self.selection_started.emit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.column.set_width(self.width())
            self.prepare(*self._seen)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = event.rect()
        for index, laid in self.column.between(rect.top(), rect.bottom()):
            painter.save()
            painter.translate(0, self.column.top(index))
            laid.paint(painter, self.selection.range_in(index, laid.length))
            painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = self._place(event.position())
        self._pressed_link = self._link_at(event.position())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.selection.end = place
        else:
            self.selection.start_at(place)
        self.selection_started.emit()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.selection.end = self._place(event.position())
            self.update()
            return
        link = self._link_at(event.position())
        opens = bool(link) or (self.opens_words and _holds_control(event))
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.IBeamCursor)
        self.setToolTip(link)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        link = self._link_at(event.position())
        if self.opens_words and _holds_control(event) and self.selection.is_empty:
            self.open_word(event.position())
        elif link and link == self._pressed_link and self.selection.is_empty:
            self.link_clicked.emit(link, event.globalPosition().toPoint())

    def open_word(self, point: QPointF) -> None:
        """Ask for the token of the word under a point to be opened; nothing where no word is."""
        offset = self.written_at(point)
        if offset is not None:
            line = self.fontMetrics().height()
            place = self.mapToGlobal(point.toPoint()) - QPoint(line // 2, line // 2)
            self.word_opened.emit(offset, QRect(place, QSize(line, line)))

    def written_at(self, point: QPointF) -> int | None:
        """Where in the text the word under a point was written."""
        if self._stream is None or not self.column.blocks:
            return None
        index = self.column.index_at(point.y())
        inside = point - QPointF(0, self.column.top(index))
        found = self.column.laid(index).written_at(inside, self._stream.text)
        if found is None or "\r" not in self._text:
            return found
        return [place for place, letter in enumerate(self._text) if letter != "\r"][found]  # never shown

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.setAccepted(self._bars.scroll(self.column, event.position(), event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.column.blocks:
            index, position = self._place(event.position())
            start, end = self.column.laid(index).word_at(position)
            self.selection.anchor, self.selection.end = (index, start), (index, end)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.update()

    def _all(self) -> Selection:
        last = len(self.column.blocks) - 1
        return Selection((0, 0), (last, self.column.laid(last).length)) if last >= 0 else Selection()

    def _read(self, seconds: float) -> None:
        stream = self._stream
        if stream is None:
            return
        end = time.perf_counter() + seconds
        while not stream.done:
            stream.step()
            if time.perf_counter() > end:
                break
        known = self._settled if stream.generation == self._generation else 0
        self.column.set_blocks([*stream.settled, *stream.tail], known)
        self._generation, self._settled = stream.generation, len(stream.settled)
        self.prepare(*self._seen)
        self.update()

    def _update_height(self) -> None:
        height = max(1, ceil(self.column.height))
        if height != self.minimumHeight():
            self.setFixedHeight(height)
            self.height_changed.emit()

    def _place(self, point: QPointF) -> Place:
        if not self.column.blocks:
            return 0, 0
        index = self.column.index_at(point.y())
        return index, self.column.laid(index).hit(QPointF(point.x(), point.y() - self.column.top(index)))

    def _link_at(self, point: QPointF) -> str:
        if not self.column.blocks:
            return ""
        index = self.column.index_at(point.y())
        return self.column.laid(index).link_at(QPointF(point.x(), point.y() - self.column.top(index)))


def _holds_control(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
