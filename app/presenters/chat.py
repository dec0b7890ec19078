"""The conversation and its gauges, ready to draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.messages import Turn
from gpu.events import FinishReason, Timing
from views.frames.chat import ChatFrame, MessageFrame, MessageState

_WHY_IT_ENDED: dict[FinishReason, str] = {
    "length": "ended at the longest answer allowed",
    "context": "the context is full: start a new chat",
}


@dataclass(frozen=True)
class Exchange:
    """A question and what became of its answer."""

    question: str
    answer: str = ""
    reasoning: str = ""
    state: MessageState = "streaming"
    error: str = ""
    note: str = ""

    def with_more(self, reasoning: str, answer: str) -> Exchange:
        return replace(self, reasoning=self.reasoning + reasoning, answer=self.answer + answer)

    def finished(self, reason: FinishReason, note: str) -> Exchange:
        return replace(self, state="cancelled" if reason == "cancelled" else "done", note=note)

    def failed(self, error: str) -> Exchange:
        return replace(self, state="failed", error=error)


def chat_frame(exchanges: Sequence[Exchange], samples: Sequence[str], can_ask: bool) -> ChatFrame:
    """The transcript; the last answer can be had again while nothing is running."""
    ended = bool(exchanges) and exchanges[-1].state != "streaming"
    return ChatFrame(
        messages=tuple(message for exchange in exchanges for message in _messages(exchange)),
        samples=tuple(samples),
        can_regenerate=can_ask and ended,
    )


def turns_of(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """What the model is given: every exchange that has an answer, and the question that waits for one."""
    return tuple(turn for exchange in exchanges for turn in _turns(exchange))


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


def _messages(exchange: Exchange) -> Iterator[MessageFrame]:
    yield MessageFrame("user", exchange.question)
    yield MessageFrame(
        "assistant",
        exchange.answer,
        reasoning=exchange.reasoning,
        state=exchange.state,
        error=exchange.error,
        note=exchange.note,
    )


def _turns(exchange: Exchange) -> Iterator[Turn]:
    if exchange.answer:
        yield Turn("user", exchange.question)
        yield Turn("assistant", exchange.answer, exchange.reasoning)
    elif exchange.state == "streaming":
        yield Turn("user", exchange.question)
