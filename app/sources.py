"""Texts that can be captured: the running chat, built-in prompts, a file, or what the person types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.attachments import read_text_file
from app.messages import Question, Turn
from app.tasks.capture import TextWish
from gpu.errors import RequestError
from views.frames import Choice

_CHAT = Choice("chat", "This chat", "The conversation on show, with its last answer")
_PARTS = Choice(
    "parts", "Thinking | answer", "The last answer's thinking and what follows it, as two captures to compare"
)
_PROMPTS = Choice("prompts", "Built-in prompts", "A few questions, each from an empty context")
_FILE = Choice("file", "A file…", "A text file, as it is")
_TYPED = Choice("typed", "Typed text", "What you type, as it is")
Chat = Callable[[], TextWish | None]


class Sources:
    """`chat` gives the conversation on show, `prompts` the built-in questions for the open model."""

    def __init__(self, chat: Chat, prompts: Callable[[], tuple[str, ...]]) -> None:
        self._chat, self._prompts = chat, prompts
        self.file: Path | None = None

    def choices(self) -> tuple[Choice, ...]:
        return _PROMPTS, _CHAT, _PARTS, _FILE, _TYPED

    def name(self, source: str) -> str:
        """What a capture of it is called."""
        names = {"chat": "Chat", "prompts": "Prompts", "typed": "Typed"}
        return names.get(source) or (self.file.stem if self.file is not None else "File")

    def texts(self, source: str, typed: str) -> tuple[TextWish, ...]:
        """What to run.

        Raises:
            QuantscopeError: the file cannot be read, or there is nothing to run yet.
        """
        if source == "typed":
            return (TextWish("Typed", typed),)
        if source == "file":
            if self.file is None:
                raise RequestError("Choose a file first.")
            return (TextWish(self.file.stem, read_text_file(self.file).text),)
        if source in ("chat", "parts"):
            chat = self._chat()
            if chat is None:
                raise RequestError("There is no answer in this chat yet; ask something first.")
            if source == "chat":
                return (chat,)
            return replace(chat, name="Thinking", part="thinking"), replace(
                chat, name="Answer", part="answer"
            )
        return tuple(TextWish(text, question=Question((Turn("user", text),))) for text in self._prompts())
