"""The chat: transcript, composer and gauges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MessageState = Literal["streaming", "done", "cancelled", "failed"]


@dataclass(frozen=True)
class MessageFrame:
    """One turn of a conversation.

    `error` is the stated failure of a failed turn; `note` is small print under a finished one, such as
    "48 tokens · 31 tok/s".
    """

    role: Literal["user", "assistant", "system"]
    text: str
    reasoning: str = ""
    state: MessageState = "done"
    error: str = ""
    note: str = ""


@dataclass(frozen=True)
class ChatFrame:
    """The transcript, and the prompts offered while it is empty."""

    messages: tuple[MessageFrame, ...] = ()
    samples: tuple[str, ...] = ()
    can_regenerate: bool = False


@dataclass(frozen=True)
class SamplingFrame:
    """How the next token is drawn.

    `seed` None means a fresh one each time; `max_tokens` None means until the context ends.
    """

    temperature: float = 0.7
    top_k: int = 20
    top_p: float = 0.8
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    presence_penalty: float = 0.0
    seed: int | None = None
    max_tokens: int | None = None


@dataclass(frozen=True)
class ComposerFrame:
    """Where a person writes. `hint` is the placeholder; it says why sending is impossible when it is."""

    can_send: bool = False
    can_stop: bool = False
    hint: str = "Open a model to start chatting."
    thinking_supported: bool = False
    thinking: bool = False
    sampling: SamplingFrame = SamplingFrame()
    default_sampling: SamplingFrame = SamplingFrame()


@dataclass(frozen=True)
class StatusFrame:
    """The gauges under the chat. A figure that is not known yet is None."""

    model_name: str = ""
    scheme: str = ""
    state: str = "No model is open"
    prompt_done_tokens: int = 0
    prompt_total_tokens: int = 0
    prefill_tokens_per_s: float | None = None
    decode_tokens_per_s: float | None = None
    first_token_ms: float | None = None
    context_used_tokens: int = 0
    context_total_tokens: int = 0
