"""Where the person writes, and what the model is doing."""

from __future__ import annotations

from typing import Literal

from app.messages import ModelFacts
from app.presenters.sampling import sampling_frame
from gpu.sampling import Sampling
from views.frames import ComposerFrame

ChatState = Literal["empty", "loading", "ready", "answering", "stopping"]
STATES: dict[ChatState, str] = {
    "empty": "No model is open",
    "loading": "Loading…",
    "ready": "Ready",
    "answering": "Answering…",
    "stopping": "Stopping…",
}
_HINTS: dict[ChatState, str] = {
    "empty": "Open a model to start chatting.",
    "loading": "The model is loading…",
    "ready": "Ask something. Enter sends, Shift+Enter starts a new line.",
    "answering": "The model is answering. Escape stops it.",
    "stopping": "The answer is being stopped…",
}
_PLAIN = "This checkpoint has no chat template: it continues the text you write."


def composer_frame(
    state: ChatState,
    facts: ModelFacts | None,
    sampling: Sampling | None,
    max_tokens: int | None = None,
    thinking: bool = False,
) -> ComposerFrame:
    """`sampling` None shows what the model recommends."""
    recommended = facts.sampling if facts is not None else Sampling()
    plain = state == "ready" and facts is not None and not facts.has_chat_template
    supported = facts is not None and facts.supports_thinking
    return ComposerFrame(
        can_send=state == "ready",
        can_stop=state == "answering",
        hint=_PLAIN if plain else _HINTS[state],
        thinking_supported=supported,
        thinking=thinking and supported,
        sampling=sampling_frame(sampling or recommended, max_tokens),
        default_sampling=sampling_frame(recommended),
    )
