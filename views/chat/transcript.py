"""The conversation. It follows the newest words unless the person scrolled up to read."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from views.chat.message import AssistantMessage, UserMessage
from views.frames import ChatFrame, MessageFrame
from views.theme import Theme
from views.widgets import push_button, tool_button

_PAGE = 16
_SETTLE_MS = 100
_COLUMN_WIDTH = 780
_END_SLACK = 8


class Transcript(QScrollArea):
    """The last messages of the conversation; earlier ones come a page at a time, so that opening is quick."""

    regenerate_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._frame = ChatFrame()
        self._first = 0
        self._follow = True
        self._held: int | None = None
        self._widgets: list[UserMessage | AssistantMessage] = []
        self._earlier = push_button("Show earlier messages", "Show the messages before these", "link")
        self._latest = tool_button("", "Jump to the newest message (End)", "plain", "down")
        self._column = QVBoxLayout()
        self.setAccessibleName("Conversation")
        self._lay_out()
        self._earlier.clicked.connect(self._show_earlier)
        self._latest.clicked.connect(self.follow)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._keep_up)
        bar.valueChanged.connect(self._notice_scroll)

    def set_frame(self, frame: ChatFrame) -> None:
        """Update what changed: in a running answer that is the last message only."""
        if not _continues(self._frame, frame):
            self._clear()
            self._first = max(0, len(frame.messages) - _PAGE)
            self._follow = True
        self._frame = frame
        self._show_messages()

    def message_widgets(self) -> list[UserMessage | AssistantMessage]:
        """The widgets on show, oldest first."""
        return list(self._widgets)

    def follow(self) -> None:
        """Stay at the newest words from now on."""
        self._follow, self._held = True, None
        self._keep_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._latest.move(self.viewport().width() - self._latest.width() - 14, self.viewport().height() - 40)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_End:
            self.follow()
        elif event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        else:
            super().keyPressEvent(event)

    def _show_messages(self) -> None:
        shown = self._frame.messages[self._first :]
        while len(self._widgets) > len(shown):
            self._widgets.pop().deleteLater()
        for row, message in enumerate(shown):
            if row == len(self._widgets):
                self._insert(row, message)
            last = row == len(shown) - 1
            self._update(self._widgets[row], message, last and self._frame.can_regenerate)
        self._earlier.setVisible(self._first > 0)

    def _insert(self, row: int, message: MessageFrame) -> None:
        widget: UserMessage | AssistantMessage
        if message.role == "user":
            widget = UserMessage(self._theme)
        else:
            widget = AssistantMessage(self._theme)
            widget.regenerate_requested.connect(self.regenerate_requested)
        self._widgets.insert(row, widget)
        self._column.insertWidget(row, widget)

    @staticmethod
    def _update(widget: UserMessage | AssistantMessage, message: MessageFrame, can_regenerate: bool) -> None:
        if isinstance(widget, AssistantMessage):
            widget.set_frame(message, can_regenerate)
        else:
            widget.set_frame(message)

    def _show_earlier(self) -> None:
        """Put a page before what is shown; what the person sees stays where it is."""
        bar = self.verticalScrollBar()
        self._follow, self._held = False, bar.maximum() - bar.value()
        first = max(0, self._first - _PAGE)
        for row, message in enumerate(self._frame.messages[first : self._first]):
            self._insert(row, message)
        self._first = first
        self._show_messages()
        QTimer.singleShot(_SETTLE_MS, self._let_go)

    def _let_go(self) -> None:
        self._held = None

    def _clear(self) -> None:
        for widget in self._widgets:
            self._column.removeWidget(widget)
            widget.deleteLater()
        self._widgets = []

    def _keep_up(self) -> None:
        bar = self.verticalScrollBar()
        if self._held is not None:
            bar.setValue(bar.maximum() - self._held)
        elif self._follow:
            bar.setValue(bar.maximum())
        self._latest.setVisible(not self._at_end())

    def _notice_scroll(self) -> None:
        self._follow = self._at_end()
        self._latest.setVisible(not self._follow)

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - _END_SLACK

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._latest.setParent(self.viewport())
        self._latest.setFocusPolicy(
            Qt.FocusPolicy.NoFocus
        )  # hiding it must not move the focus, and so the view
        self._latest.hide()
        column = QWidget()
        column.setMaximumWidth(_COLUMN_WIDTH)
        stack = QVBoxLayout(column)
        stack.setContentsMargins(16, 12, 16, 12)
        stack.addWidget(self._earlier, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.setSpacing(14)
        stack.addLayout(self._column)
        stack.addStretch()
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(column, 1)
        self.setWidget(page)


def _continues(old: ChatFrame, new: ChatFrame) -> bool:
    """Whether `new` shows the same conversation a step later (messages but the last are as they were)."""
    kept = min(len(old.messages), len(new.messages))
    settled = kept - 1 if kept == len(old.messages) else kept
    return (
        kept > 0
        and all(
            was is now or was == now
            for was, now in zip(old.messages[:settled], new.messages[:settled], strict=True)
        )
        and old.messages[kept - 1].role == new.messages[kept - 1].role
    )
