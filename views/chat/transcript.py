"""The conversation. It follows the newest words unless the person scrolled up to read.

Only messages near the window exist as widgets; of the others the transcript knows the height, or guesses it.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from views.chat.answer import AssistantMessage
from views.chat.formula import make_ready
from views.chat.leftovers import Leftovers
from views.chat.links import LinkPrompt
from views.chat.message import MessageView
from views.chat.question import UserMessage
from views.chat.rows import Anchor, Row, Rows, same_message
from views.chat.style import TextStyle
from views.chat.tools import Allowed
from views.chat.wishes import MessageWishes
from views.frames import ChatFrame
from views.theme import Theme
from views.widgets import tool_button

_COLUMN_WIDTH = 780
_SIDE, _TOP = 10, 12
_END_SLACK = 8
_STEP = 48
_SLICE_S = 0.005
_SLICE_PERIOD_MS = 10
_MOST_WIDGETS = 40
_PASSES = 8
_READY_MS = 1500


class Transcript(QAbstractScrollArea):
    """Puts the messages below each other and keeps what is read in its place while heights change."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.wishes = MessageWishes()
        self._theme = theme
        self._style = TextStyle(theme)
        self._frame = ChatFrame()
        self._rows = Rows(self._style)
        self._leftovers = Leftovers()
        self._follow = True
        self._anchor = Anchor()
        self._arranging = False
        self._active: MessageView | None = None
        self._latest = tool_button("", "Jump to the newest message (End)", "plain", "down")
        self._links = LinkPrompt(self)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._worker = QTimer(self, interval=_SLICE_PERIOD_MS)
        self.setAccessibleName("Conversation")
        self._set_up()

    def set_frame(self, frame: ChatFrame) -> None:
        """Update what changed: in a running answer that is the last message only."""
        if frame.key != self._frame.key or not self._continues(frame):
            self._follow = True
        self._frame = frame
        for row in self._rows.set_messages(frame.messages):
            self._drop(row)
        for row in self._rows.rows:
            self._fill(row)
        self._arrange()

    def message_widgets(self) -> list[MessageView]:
        """The messages that exist as widgets, oldest first."""
        return [row.widget for row in self._rows.rows if row.widget is not None]

    def follow(self) -> None:
        """Stay at the newest words from now on."""
        self._follow = True
        self._arrange()

    def focus_message(self, step: int) -> None:
        """Move the keyboard to the message `step` away from the one it is at; from elsewhere to the last."""
        rows = self._rows.rows
        if not rows:
            return
        here = next((i for i, row in enumerate(rows) if row.widget and row.widget is self._active), len(rows))
        there = max(0, min(len(rows) - 1, here + step))
        self._show_row(there)
        widget = self._realise(rows[there])
        widget.show()
        widget.setFocus(Qt.FocusReason.TabFocusReason)

    def ensureWidgetVisible(self, widget: QWidget) -> None:
        """Scroll to a message, or to a part of one; named as Qt's own areas name it."""
        top = widget.mapTo(self.viewport(), QPoint(0, 0)).y() + self.verticalScrollBar().value()
        self._show_stretch(top, widget.height())

    def show_message(self, key: int) -> None:
        """Bring a message into sight, from its beginning."""
        self._follow, self._anchor = False, Anchor(self._rows.place_of(key), None, -_TOP)
        self._arrange()

    def last_answer(self) -> str:
        """The source of the newest answer, empty if there is none."""
        answers = (m.text for m in reversed(self._frame.messages) if m.role == "assistant")
        return next(answers, "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """The person scrolled."""
        if not self._arranging:
            self._follow = self._at_end()
            self._anchor = self._rows.anchor_at(self.verticalScrollBar().value() - _TOP)
            self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in moves and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.focus_message(moves[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_End:
            self.follow()
        elif event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        else:
            super().keyPressEvent(event)

    def _continues(self, frame: ChatFrame) -> bool:
        old = self._frame.messages
        return bool(old) and bool(frame.messages) and same_message(old[0], frame.messages[0])

    def _get_ready(self) -> None:
        """Load what is slow to load, but not while an answer is being written."""
        if any(message.state == "streaming" for message in self._frame.messages[-1:]):
            QTimer.singleShot(_READY_MS, self, self._get_ready)
        else:
            make_ready()

    def _arrange(self) -> None:
        """Give every message its place; lays out what is in sight until heights no longer change."""
        if self._arranging:
            return
        self._arranging = True
        for _ in range(_PASSES):
            top = self._wanted_top()
            if not self._measure(top):
                break
        self._move(top)
        self._arranging = False
        self._latest.setVisible(not self._at_end())
        if any(row.widget is not None and row.widget.isVisible() for row in self._rows.rows):
            self._worker.start()

    def _wanted_top(self) -> int:
        """Where the window begins, from the top of the first message."""
        height = self.viewport().height()
        highest = max(0, self._rows.height + 2 * _TOP - height)
        top = highest if self._follow else self._rows.y_of(self._anchor) + _TOP
        return max(0, min(highest, top))

    def _measure(self, top: int) -> bool:
        """Whether a height turned out to be another than was thought."""
        first, last = self._rows.between(top - _TOP, top - _TOP + self.viewport().height())
        changed = False
        for row in self._rows.rows[first : last + 1]:
            widget = self._realise(row)
            widget.show()  # what is hidden learns of its width only when it is shown
            start = top - _TOP - self._rows.top(row)
            widget.height_at(self._width())
            widget.prepare(start, start + self.viewport().height())
            changed |= self._rows.set_height(row, widget.height_at(self._width()))
        return changed

    def _move(self, top: int) -> None:
        bar = self.verticalScrollBar()
        height = self.viewport().height()
        bar.setPageStep(height)
        bar.setRange(0, max(0, self._rows.height + 2 * _TOP - height))
        bar.setValue(top)
        if self._follow:
            self._anchor = self._rows.anchor_at(top - _TOP)
        left = max(0, (self.viewport().width() - self._width()) // 2)
        for row in self._rows.rows:
            if row.widget is not None:
                y = _TOP + self._rows.top(row) - top
                row.widget.setGeometry(left, y, self._width(), row.height)
                row.widget.setVisible(-height < y + row.height and y < 2 * height)
        self._latest.adjustSize()
        corner = self.viewport().rect().bottomRight() - self._latest.rect().bottomRight()
        self._latest.move(corner - QPoint(14, 10))
        self._latest.raise_()

    def _width(self) -> int:
        return max(80, min(_COLUMN_WIDTH, self.viewport().width() - 2 * _SIDE))

    def _realise(self, row: Row) -> MessageView:
        if row.widget is None:
            kind = UserMessage if row.frame.role == "user" else AssistantMessage
            row.widget = kind(self._style, self.wishes)
            row.widget.setParent(self.viewport())
            row.widget.setGeometry(0, -row.height - 9999, self._width(), row.height)
            row.widget.show()
            row.widget.height_changed.connect(self._later.start)
            for body in row.widget.bodies():
                body.selection_started.connect(self._select_once)
            self._fill(row)
        return row.widget

    def _fill(self, row: Row) -> None:
        if row.widget is not None:
            last = row is self._rows.rows[-1]
            allowed = Allowed(self._frame.can_change, last and self._frame.can_regenerate)
            row.widget.set_frame(row.frame, allowed, last)

    def _drop(self, row: Row) -> None:
        if row.widget is not None:
            if row.widget is self._active:
                self._active = None
            self._leftovers.take(row.widget)
            row.widget = None
            self._worker.start()

    def _work(self) -> None:
        """A slice of what is out of sight; stops once nothing is left."""
        busy = next((row for row in self._rows.rows if row.widget is not None and _is_busy(row.widget)), None)
        if busy is not None and busy.widget is not None:
            busy.widget.work(_SLICE_S)
        elif (near := self._rows.nearest_missing(self._anchor.row)) is not None:
            self._realise(near)
            self._arrange_one(near)
        elif not self._leftovers.shrink():
            self._worker.stop()
            for row in self._rows.farthest(self._anchor.row, _MOST_WIDGETS):
                self._drop(row)

    def _arrange_one(self, row: Row) -> None:
        widget = self._realise(row)
        self._rows.set_height(row, widget.height_at(self._width()))
        self._arrange()

    def _redress(self) -> None:
        self._style = TextStyle(self._theme)
        self._rows.set_style(self._style)
        for widget in self.message_widgets():
            widget.set_style(self._style)
        self._arrange()

    def _select_once(self) -> None:
        """There is one selection in the transcript."""
        for widget in self.message_widgets():
            for body in widget.bodies():
                if body is not self.sender() and not body.selection.is_empty:
                    body.clear_selection()

    def _notice_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        active = next((w for w in self.message_widgets() if new is w or (new and w.isAncestorOf(new))), None)
        if active is self._active:
            return
        for widget, on in ((self._active, False), (active, True)):
            if widget is not None:
                widget.set_active(on)
        self._active = active

    def _show_row(self, index: int) -> None:
        row = self._rows.rows[index]
        self._show_stretch(self._rows.top(row) + _TOP, row.height)

    def _show_stretch(self, top: int, height: int) -> None:
        """Scroll no more than needed to bring it into sight, or its beginning."""
        bar, room = self.verticalScrollBar(), self.viewport().height()
        if top < bar.value() or height > room:
            bar.setValue(top - _TOP)
        elif top + height > bar.value() + room:
            bar.setValue(top + height - room + _TOP)

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - _END_SLACK

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().setSingleStep(_STEP)
        self._latest.setParent(self.viewport())
        self._latest.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # hiding it must not move the focus
        self._latest.hide()
        self._latest.clicked.connect(self.follow)
        self._later.timeout.connect(self._arrange)
        self._worker.timeout.connect(self._work)
        self.wishes.link.connect(self._links.ask)
        self._theme.changed.connect(self._redress)
        QTimer.singleShot(_READY_MS, self, self._get_ready)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._notice_focus)


def _is_busy(widget: MessageView) -> bool:
    return any(body.busy for body in widget.bodies())
