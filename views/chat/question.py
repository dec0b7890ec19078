"""What the person said, in a bubble at the right."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from views.chat.message import MessageView
from views.chat.style import TextStyle
from views.chat.wishes import MessageWishes
from views.frames import AttachmentFrame, MessageFrame
from views.widgets import label, push_button

_SHARE = 0.8  # of the row: a bubble is never wider
_PADDING = 12
_LONG_CHARACTERS, _LONG_LINES = 1500, 20
_MOST_CHARACTERS = 200_000
_MEASURED_LINES, _MEASURED_CHARACTERS = 100, 300


class UserMessage(MessageView):
    """A bubble as wide as its words; a long text shows its beginning until all of it is asked for."""

    name = "You said"
    keep = "Send"

    def __init__(self, style: TextStyle, wishes: MessageWishes) -> None:
        super().__init__(style, wishes, markdown=False)
        self._style = style
        self._is_whole = False
        self._attachments = label("", "muted", wrap=True)
        self._more = push_button("Show all", "Show the whole message", "link")
        self._more.clicked.connect(self._show_all)
        self._bubble = QFrame()
        self._bubble.setProperty("look", "bubble")
        inside = self._inside = QVBoxLayout(self._bubble)
        inside.setContentsMargins(_PADDING, 8, _PADDING, 8)
        inside.setSpacing(4)
        for part in (self._attachments, self.body, self._more):
            inside.addWidget(part)
        self._row = QWidget()
        row = self._line = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._bubble)
        self.column.addWidget(self._row)
        self.column.addWidget(self.tools)

    def fill(self, frame: MessageFrame) -> None:
        self._is_whole = self._is_whole and frame.key == self.frame.key
        self._attachments.setText("\n".join(map(chip_text, frame.attachments)))
        self._attachments.setVisible(bool(frame.attachments))
        self.body.setVisible(bool(frame.text))
        self._show_text()

    def inner_layouts(self) -> list[QLayout]:
        return [self._inside, self._line]

    def body_holder(self) -> QWidget:
        return self._row

    def set_style(self, style: TextStyle) -> None:
        self._style = style
        super().set_style(style)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _show_all(self) -> None:
        self._is_whole = True
        self._show_text()

    def _show_text(self) -> None:
        beginning = beginning_of(self.frame.text)
        is_cut = len(beginning) < len(self.frame.text) and not self._is_whole
        self.body.set_text(beginning if is_cut else self.frame.text[:_MOST_CHARACTERS])
        self._more.setText(_more(len(self.frame.text)))
        self._more.setVisible(is_cut)
        self._fit()

    def _fit(self) -> None:
        widest = max(120, int(self.width() * _SHARE) - 2 * _PADDING)
        self.body.setFixedWidth(min(widest, self._ideal_width(widest)))
        self._attachments.setMaximumWidth(widest)

    def _ideal_width(self, widest: int) -> int:
        lines = self.body.text().split("\n", _MEASURED_LINES)
        if len(lines) > _MEASURED_LINES or max(map(len, lines)) > _MEASURED_CHARACTERS:
            return widest
        metrics = QFontMetricsF(self._style.font)
        return int(max(metrics.horizontalAdvance(line) for line in lines)) + 4


def beginning_of(text: str) -> str:
    """What is shown of a long text at first; a short one wholly."""
    lines = text[:_LONG_CHARACTERS].split("\n")
    if len(text) <= _LONG_CHARACTERS and len(lines) <= _LONG_LINES:
        return text
    return "\n".join(lines[:_LONG_LINES])


def _more(characters: int) -> str:
    if characters <= _MOST_CHARACTERS:
        return f"Show all {characters:,} characters"
    return f"Show the first {_MOST_CHARACTERS:,} of {characters:,} characters"


def chip_text(attachment: AttachmentFrame) -> str:
    """An attachment in a line."""
    parts = [attachment.name]
    if attachment.tokens is not None:
        parts.append(f"{attachment.tokens:,} token{'' if attachment.tokens == 1 else 's'}")
    return " · ".join([*parts, *([attachment.note] if attachment.note else [])])
