"""What is kept of a conversation, and of each message in it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

from app.attachments import Attachment
from gpu.errors import QuantscopeError
from gpu.sampling import Sampling

Role = Literal["user", "assistant"]
MessageState = Literal["streaming", "done", "cut", "cancelled", "failed", "interrupted"]
Policy = Literal["stop", "forget"]
TITLE_CHARACTERS = 60
UNTITLED = "New conversation"


class StoreError(QuantscopeError):
    """The conversations cannot be read or written."""


class ExchangeError(QuantscopeError):
    """A file to import is none of ours; the sentence goes on after its name."""


@dataclass(frozen=True)
class Message:
    """One turn in the tree of a conversation; `parent` None begins it.

    `reasoning_ms` is how long the model thought. A "cut" answer met the longest allowed or the end of the
    context; an "interrupted" one was being written when the program ended. `sampling` None is what the model
    recommends, `thinking` None what the template does by itself; times are milliseconds since 1970.
    """

    id: int
    conversation: int
    parent: int | None
    role: Role
    text: str = ""
    reasoning: str = ""
    reasoning_ms: int | None = None
    state: MessageState = "done"
    error: str = ""
    note: str = ""
    model: str = ""
    scheme: str = ""
    sampling: Sampling | None = None
    attachments: tuple[Attachment, ...] = ()
    thinking: bool | None = None
    created_ms: int = 0
    deleted_ms: int | None = None

    def with_more(self, reasoning: str, text: str) -> Message:
        return replace(self, reasoning=self.reasoning + reasoning, text=self.text + text)


@dataclass(frozen=True)
class Conversation:
    """What the list shows and what the next question is asked with; `leaf` ends the branch on show.

    `when_full` says what becomes of a conversation longer than the context: stop, or forget its oldest turns.
    """

    id: int
    title: str = ""
    created_ms: int = 0
    changed_ms: int = 0
    pinned: bool = False
    system_prompt: str = ""
    model: str = ""
    scheme: str = ""
    sampling: Sampling | None = None
    max_new_tokens: int | None = None
    thinking: bool = False
    when_full: Policy = "stop"
    leaf: int | None = None
    deleted_ms: int | None = None


def title_of(text: str) -> str:
    """A conversation's name, from the first words of it."""
    line = " ".join(text[: 10 * TITLE_CHARACTERS].split())
    if len(line) <= TITLE_CHARACTERS:
        return line or UNTITLED
    return line[: TITLE_CHARACTERS - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


class Clock:
    """Milliseconds since 1970 that never repeat, so that what was written later also sorts later."""

    def __init__(self) -> None:
        self._last_ms = 0

    def now_ms(self) -> int:
        self._last_ms = max(self._last_ms + 1, time.time_ns() // 1_000_000)
        return self._last_ms
