"""The conversation, ready to draw."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from app.attachments import with_attachments
from app.conversations import Message, Tree
from app.messages import Turn
from gpu.events import FinishReason, Timing
from views.frames import AttachmentFrame, ChatFrame, MessageFrame
from views.frames.chat import MessageState

_WHY_IT_ENDED: dict[FinishReason, str] = {
    "length": "ended at the longest answer allowed",
    "context": "the context is full",
}
_STATES: dict[str, MessageState] = {
    "streaming": "streaming",
    "done": "done",
    "cut": "done",
    "cancelled": "cancelled",
    "failed": "failed",
    "interrupted": "done",
}
_FORGOTTEN = "The context is full: the model no longer sees what is above."
_INTERRUPTED = "The program ended before this answer did"
_UNFINISHED = ("cut", "cancelled", "failed", "interrupted")
Dress = Callable[[Message, MessageFrame], MessageFrame]


@dataclass(frozen=True)
class Made:
    """A frame, before it was dressed, and what it was made from."""

    message: Message
    standing: tuple[int, int, bool, bool, bool]
    frame: MessageFrame


@dataclass(frozen=True)
class Shown:
    """What the transcript is drawn from. `ready`: nothing runs, so messages can be changed and answered.

    `traced` are the messages whose tokens are kept; `dress` adds what another panel knows of a message. The
    newest answer was given without what comes before `first_seen`, where that is known. `made` are the frames
    of the time before: a running answer has the whole transcript drawn ten times a second.
    """

    key: int
    tree: Tree
    path: tuple[Message, ...]
    ready: bool = False
    can_ask: bool = False
    samples: tuple[str, ...] = ()
    traced: Collection[int] = ()
    dress: Dress = lambda _message, frame: frame
    first_seen: int | None = None
    made: dict[int, Made] = field(default_factory=dict)


def chat_frame(shown: Shown) -> ChatFrame:
    """The transcript; the last answer can be had again while a model is open and nothing is running."""
    last = shown.path[-1] if shown.path else None
    return ChatFrame(
        messages=tuple(_frame(message, message is last, shown) for message in shown.path),
        samples=shown.samples,
        can_regenerate=shown.can_ask and last is not None and last.state != "streaming",
        can_change=shown.ready,
        key=shown.key,
    )


def turns_of(path: Sequence[Message], system_prompt: str = "") -> tuple[Turn, ...]:
    """What the model is given. A question whose answer failed before its first word is left out with it."""
    system = [Turn("system", system_prompt)] if system_prompt.strip() else []
    return (*system, *map(_turn, told(path)))


def told(path: Sequence[Message]) -> Iterator[Message]:
    """The messages that the model is given, each as a turn."""
    for message, following in zip(path, (*path[1:], None), strict=True):
        if message.text if message.role == "assistant" else not _came_to_nothing(following):
            yield message


def _turn(message: Message) -> Turn:
    if message.role == "assistant":
        return Turn("assistant", message.text, message.reasoning)
    return Turn("user", text_of(message))


def text_of(message: Message) -> str:
    """A question with the texts that go along with it."""
    return with_attachments(message.text, message.attachments)


def note_of(timing: Timing | None, reason: FinishReason) -> str:
    """The small print under an answer."""
    parts = []
    if timing is not None and timing.new_tokens:
        parts.append(f"{timing.new_tokens:,} token{'' if timing.new_tokens == 1 else 's'}")
        if timing.decode_tokens_per_s:
            parts.append(f"{timing.decode_tokens_per_s:.1f} tok/s")
    if reason in _WHY_IT_ENDED:
        parts.append(_WHY_IT_ENDED[reason])
    return " · ".join(parts)


def _came_to_nothing(answer: Message | None) -> bool:
    return answer is not None and answer.role == "assistant" and not answer.text


def _frame(message: Message, is_last: bool, shown: Shown) -> MessageFrame:
    beside = shown.tree.siblings(message.id)
    standing = (
        beside.index(message.id) + 1,
        len(beside),
        shown.can_ask and is_last and _can_continue(message),
        message.id in shown.traced,
        message.id == shown.first_seen,
    )
    made = shown.made.get(message.id)
    if made is None or made.message is not message or made.standing != standing:
        made = shown.made[message.id] = Made(message, standing, _undressed(message, *standing))
    return shown.dress(message, made.frame)


def _undressed(
    message: Message, sibling: int, siblings: int, can_continue: bool, has_tokens: bool, first_seen: bool
) -> MessageFrame:
    return MessageFrame(
        role=message.role,
        text=message.text,
        reasoning=message.reasoning,
        state=_STATES[message.state],
        error=message.error,
        note=_INTERRUPTED if message.state == "interrupted" else message.note,
        key=message.id,
        sibling=sibling,
        sibling_count=siblings,
        reasoning_ms=message.reasoning_ms,
        attachments=tuple(AttachmentFrame(attached.name) for attached in message.attachments),
        can_continue=can_continue,
        has_tokens=has_tokens,
        above=_FORGOTTEN if first_seen else "",
    )


def _can_continue(message: Message) -> bool:
    return message.state in _UNFINISHED and bool(message.text or message.reasoning)
