"""The chat: transcript, composer and gauges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from views.frames.choice import Choice
from views.frames.tokens import TokensFrame

MessageState = Literal["streaming", "done", "cancelled", "failed"]


@dataclass(frozen=True)
class AttachmentFrame:
    """A text file that goes along with a message. `tokens` None while they are being counted.

    `note` says what is wrong with it or how it was shortened.
    """

    name: str
    tokens: int | None = None
    note: str = ""


@dataclass(frozen=True)
class MessageFrame:
    """One turn of a conversation.

    `error` is the stated failure of a failed turn; `note` is small print under a finished one, such as
    "48 tokens · 31 tok/s". `key` names the message in signals; 0 means that it cannot be changed (yet).
    It is variant `sibling` (from 1) of `sibling_count`. `reasoning_ms` None while the model still thinks, or
    where it is not known. With `tokens` the answer is drawn token by token instead of as Markdown. `above` is
    said between it and the message before.
    """

    role: Literal["user", "assistant", "system"]
    text: str
    reasoning: str = ""
    state: MessageState = "done"
    error: str = ""
    note: str = ""
    key: int = 0
    sibling: int = 1
    sibling_count: int = 1
    reasoning_ms: int | None = None
    attachments: tuple[AttachmentFrame, ...] = ()
    can_continue: bool = False
    has_tokens: bool = False
    tokens: TokensFrame | None = None
    above: str = ""


@dataclass(frozen=True)
class ChatFrame:
    """The transcript, and the prompts offered while it is empty.

    `can_change`: messages can be edited, deleted and answered again, since no answer is running. `key` names
    the conversation: another one is shown from its end.
    """

    messages: tuple[MessageFrame, ...] = ()
    samples: tuple[str, ...] = ()
    can_regenerate: bool = False
    can_change: bool = False
    key: int = 0


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
    """Where a person writes, and the settings of the conversation.

    `hint` is the placeholder; it says why sending is impossible when it is. `history` holds what the person
    sent before, oldest first, for the Up key. `system_prompt` is what the model is told before everything.
    `context_policies` say what happens when the context is full. `tinted`: answers are coloured by damage.
    """

    can_send: bool = False
    can_stop: bool = False
    hint: str = "Open a model to start chatting."
    thinking_supported: bool = False
    thinking: bool = False
    sampling: SamplingFrame = SamplingFrame()
    default_sampling: SamplingFrame = SamplingFrame()
    presets: tuple[Choice, ...] = ()
    preset: str = ""
    system_prompt: str = ""
    context_policies: tuple[Choice, ...] = ()
    context_policy: str = ""
    attachments: tuple[AttachmentFrame, ...] = ()
    history: tuple[str, ...] = ()
    can_tint: bool = False
    tinted: bool = False


@dataclass(frozen=True)
class PromptFrame:
    """A prompt of the library. The person's own ones can be deleted."""

    title: str
    text: str
    own: bool = False


@dataclass(frozen=True)
class StatusFrame:
    """The gauges under the chat. A figure that is not known yet is None.

    `prompt_left_s` is how long reading the rest of the prompt will take; `memory_bytes` what the open model
    holds on the device, `memory_total_bytes` what the device has. `context_note` says what was dropped.
    """

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
    prompt_left_s: float | None = None
    memory_bytes: int | None = None
    memory_total_bytes: int | None = None
    context_note: str = ""
