"""What the model answered: folded thoughts, the text, a stated failure if there was one, and small print."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLayout, QMenu

from views.chat.body import MessageBody
from views.chat.message import MessageView
from views.chat.style import TextStyle
from views.chat.thoughts import ThoughtFold
from views.chat.tokens import TokensView
from views.chat.wishes import MessageWishes
from views.frames import MessageFrame
from views.frames.tokens import TokensFrame
from views.widgets import label


class AssistantMessage(MessageView):
    """Markdown as it arrives, or, where its tokens are known and asked for, token by token."""

    name = "The model answered"

    def __init__(self, style: TextStyle, wishes: MessageWishes) -> None:
        super().__init__(style, wishes, markdown=True)
        self._theme = style.theme
        self.thoughts = ThoughtFold(style)
        self.thoughts.height_changed.connect(self.height_changed)
        self.thoughts.link_clicked.connect(wishes.link)
        self.body.word_opened.connect(
            lambda offset, where: wishes.word_opened.emit(self.frame.key, offset, where)
        )
        self._tokens: TokensView | None = None
        self._error = label("", "danger", wrap=True)
        for part in (self.thoughts, self.body, self._error, self.tools):
            self.column.addWidget(part)

    def fill(self, frame: MessageFrame) -> None:
        thinking = frame.state == "streaming" and not frame.text
        reasoning = frame.reasoning if frame.tokens is None else ""  # the tokens hold it
        self.thoughts.set_text(reasoning, thinking, frame.reasoning_ms)
        self.body.setVisible(bool(frame.text) and frame.tokens is None)
        self.body.set_text(frame.text)
        self.body.opens_words = frame.has_tokens and frame.state != "streaming"
        self._show_tokens(frame.tokens)
        self._error.setText(frame.error)
        self._error.setVisible(bool(frame.error))

    def bodies(self) -> list[MessageBody]:
        return [*([self.thoughts.body] if self.thoughts.is_open() else []), self.body]

    def inner_layouts(self) -> list[QLayout]:
        return self.thoughts.inner_layouts()

    def add_actions(self, menu: QMenu, at: QPoint) -> None:
        point = QPointF(self.body.mapFrom(self, at))
        if self.body.isVisible() and self.body.opens_words and self.body.written_at(point) is not None:
            action = QAction("Open this token (Ctrl+click)", menu)
            action.triggered.connect(lambda: self.body.open_word(point))
            menu.insertAction(menu.actions()[0], action)  # an answer can always be copied

    @property
    def is_in_use(self) -> bool:
        return super().is_in_use or self.thoughts.is_chosen

    def _show_tokens(self, frame: TokensFrame | None) -> None:
        if frame is not None:
            if self._tokens is None:
                self._tokens = TokensView(self._theme)
                self._tokens.opened.connect(self._open_token)
                self._tokens.reference_chosen.connect(self.wishes.reference)
                self.column.insertWidget(self.column.indexOf(self.body), self._tokens)
            self._tokens.set_frame(frame)
        if self._tokens is not None:
            self._tokens.setVisible(frame is not None)

    def _open_token(self, index: int, where: QRect) -> None:
        self.wishes.token_opened.emit(self.frame.key, index, where)
