"""What a question and an answer have in common: text, tools, editing, keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QLayout, QMenu, QVBoxLayout, QWidget

from views.chat.body import MessageBody
from views.chat.editor import MessageEditor
from views.chat.style import TextStyle
from views.chat.tools import Allowed, MessageTools
from views.chat.wishes import MessageWishes
from views.frames import MessageFrame
from views.text_field import LONGEST, say_too_long
from views.widgets import label

_SPOKEN = 2000  # characters of a message that a screen reader is given at once


class MessageView(QWidget):
    """What both kinds of message share: tools, editing, keys, and the text for screen readers."""

    height_changed = Signal()
    name = ""
    keep = "Save"

    def __init__(self, style: TextStyle, wishes: MessageWishes, markdown: bool) -> None:
        super().__init__()
        self.frame = MessageFrame("assistant" if markdown else "user", "")
        self.wishes = wishes
        self.body = MessageBody(style, self.name, markdown)
        self.tools = MessageTools(wishes, self.copy, self.edit, answer=markdown)
        self._editor: MessageEditor | None = None
        self._is_active = self._is_hovered = self._is_last = False
        self._above = label("", "muted", wrap=True)
        self._above.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._above.hide()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.name)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 4, 8, 2)
        self.column.setSpacing(4)
        self.column.addWidget(self._above)
        self.body.height_changed.connect(self.height_changed)
        self.body.link_clicked.connect(wishes.link)

    def set_frame(self, frame: MessageFrame, allowed: Allowed, last: bool) -> None:
        """Show `frame`; the tools of the last message stay on show."""
        changed = frame != self.frame
        self.frame, self._is_last = frame, last
        if changed:
            self._above.setText(frame.above)
            self._above.setVisible(bool(frame.above))
            self.fill(frame)
            if frame.state != "streaming":
                self.setAccessibleDescription(frame.text[:_SPOKEN])
        self.tools.set_frame(frame, note_of(frame), allowed)
        self._show_tools()

    def fill(self, frame: MessageFrame) -> None:
        """Show the contents of `frame`; for the two kinds of message to say how."""
        self.body.set_text(frame.text)

    def bodies(self) -> list[MessageBody]:
        """Every text on show, top down."""
        return [self.body]

    def set_style(self, style: TextStyle) -> None:
        for body in self.bodies():
            body.set_style(style)

    def height_at(self, width: int) -> int:
        """How tall it is `width` wide."""
        if self.width() != width:
            self.resize(width, self.height())
        layout = self.column
        for part in (*self.inner_layouts(), layout):
            part.activate()
        return layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()

    def inner_layouts(self) -> list[QLayout]:
        """Layouts inside its layout, innermost first: Qt would set them out only once it is idle."""
        return []

    def prepare(self, top: int, bottom: int) -> None:
        """Lay out the text between two heights."""
        for body in self.bodies():
            y = body.mapTo(self, QPoint(0, 0)).y()
            body.prepare(top - y, bottom - y)

    def work(self, seconds: float) -> bool:
        """Lay out more of what is out of sight; False once nothing is left to do."""
        return any(body.work(seconds) for body in self.bodies() if body.busy)

    @property
    def is_in_use(self) -> bool:
        """Whether it holds something that must not be thrown away."""
        return (
            self._editor is not None
            or self.frame.state == "streaming"
            or self._is_active
            or any(not body.selection.is_empty for body in self.bodies())
        )

    @property
    def is_editing(self) -> bool:
        return self._editor is not None

    def copy(self) -> None:
        """Put the message on the clipboard as it was written."""
        QGuiApplication.clipboard().setText(self.frame.text)

    def edit(self) -> None:
        """Turn the message into a field, unless it is too long for one."""
        if len(self.frame.text) > LONGEST:
            say_too_long(self, len(self.frame.text))
        elif self._editor is None and self.frame.key:
            self._editor = MessageEditor(self.frame.text, self.keep)
            self._editor.saved.connect(self._save)
            self._editor.cancelled.connect(self.stop_editing)
            self.body_holder().hide()
            self.tools.hide()
            self.column.insertWidget(self.column.indexOf(self.tools), self._editor)
            self._editor.show()
            self._editor.field.setFocus()
            self.height_changed.emit()

    def stop_editing(self) -> None:
        if self._editor is not None:
            self._editor.hide()
            self._editor.deleteLater()
            self._editor = None
            self.body_holder().show()
            self.tools.show()
            self.setFocus()
            self.height_changed.emit()

    def body_holder(self) -> QWidget:
        """What an editor takes the place of."""
        return self.body

    def set_active(self, active: bool) -> None:
        """Whether the keyboard is somewhere in this message."""
        self._is_active = active
        self._show_tools()
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.height_changed.emit()
        return super().event(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._is_hovered = True
        self._show_tools()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._is_hovered = False
        self._show_tools()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_F2):
            self.edit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.tools.menu(self)
        self.add_actions(menu, event.pos())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def add_actions(self, menu: QMenu, at: QPoint) -> None:
        """Put on top of the menu what can be done with what is under the mouse."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(self.palette().accent().color(), 1))
            painter.drawRoundedRect(QRect(0, 0, self.width() - 1, self.height() - 1), 6, 6)

    def _save(self, text: str) -> None:
        self.stop_editing()
        self.wishes.edit.emit(self.frame.key, text)

    def _show_tools(self) -> None:
        self.tools.show_buttons(self._is_hovered or self._is_active or self._is_last)


def note_of(frame: MessageFrame) -> str:
    """The small print under a message."""
    if frame.state == "cancelled":
        return f"Stopped · {frame.note}" if frame.note else "Stopped"
    if frame.state == "streaming" and not (frame.text or frame.reasoning):
        return frame.note or "…"
    return frame.note
