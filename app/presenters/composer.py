"""Where the person writes, what the model is doing, and the settings of the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.conversations import Conversation
from app.messages import ModelFacts
from app.presenters.sampling import sampling_frame
from app.presets import CUSTOM, preset_of, presets_for, recommended
from views.frames import AttachmentFrame, Choice, ComposerFrame

ChatState = Literal["empty", "loading", "ready", "held", "answering", "stopping"]
STATES: dict[ChatState, str] = {
    "empty": "No model is open",
    "loading": "Loading…",
    "ready": "Ready",
    "held": "Measuring…",
    "answering": "Answering…",
    "stopping": "Stopping…",
}
_HINTS: dict[ChatState, str] = {
    "empty": "Open a model to start chatting.",
    "loading": "The model is loading…",
    "ready": "Ask something. Enter sends, Shift+Enter starts a new line.",
    "held": "The model is busy with a measurement; the chat goes on when it is done.",
    "answering": "The model is answering. Escape stops it.",
    "stopping": "The answer is being stopped…",
}
_PLAIN = "This checkpoint has no chat template: it continues the text you write."
POLICIES = (
    Choice("stop", "Stop", "When the context is full the answer ends, and the conversation with it"),
    Choice("forget", "Forget the oldest turns", "When the context is full the oldest turns are left out"),
)


@dataclass(frozen=True)
class Writing:
    """What the composer is drawn from, beside the model: the conversation, and what was asked before."""

    conversation: Conversation
    history: tuple[str, ...] = ()
    attachments: tuple[AttachmentFrame, ...] = ()


def composer_frame(state: ChatState, facts: ModelFacts | None, writing: Writing) -> ComposerFrame:
    """Sampling that the person did not choose is shown as what will be used."""
    talk = writing.conversation
    supported = facts is not None and facts.supports_thinking
    default = recommended(facts, talk.thinking)
    return ComposerFrame(
        can_send=state == "ready",
        can_stop=state == "answering",
        hint=_hint(state, facts),
        thinking_supported=supported,
        thinking=talk.thinking and supported,
        sampling=sampling_frame(talk.sampling or default, talk.max_new_tokens),
        default_sampling=sampling_frame(default),
        presets=_preset_choices(facts, talk),
        preset=preset_of(facts, talk.sampling),
        system_prompt=talk.system_prompt,
        context_policies=POLICIES,
        context_policy=talk.when_full,
        attachments=writing.attachments,
        history=writing.history,
    )


def _hint(state: ChatState, facts: ModelFacts | None) -> str:
    plain = state == "ready" and facts is not None and not facts.has_chat_template
    return _PLAIN if plain else _HINTS[state]


def _preset_choices(facts: ModelFacts | None, talk: Conversation) -> tuple[Choice, ...]:
    choices = [Choice(one.key, one.label, one.tooltip) for one in presets_for(facts)]
    if preset_of(facts, talk.sampling) == CUSTOM:
        choices.append(Choice(CUSTOM, "My own values", "As set below"))
    return tuple(choices)
