"""What the engine is asked for an answer, from the conversation it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.conversations import Message
from app.dialogue import Dialogue
from app.messages import Question, Turn
from app.presenters.chat import turns_of
from app.token_trace import TokenTrace
from gpu.probes.selection import ProbeSelection
from gpu.sampling import Sampling


@dataclass(frozen=True)
class Manner:
    """How a question is asked; `thinking` None leaves it to the template."""

    thinking: bool | None = None
    sampling: Sampling = Sampling()  # noqa: RUF009 - frozen
    probe: ProbeSelection | None = None
    looks_up: bool = False


def question_for(dialogue: Dialogue, key: int, manner: Manner) -> Question:
    """What is asked for the answer `key`: everything that came before it."""
    talk = dialogue.conversation
    before = dialogue.tree.path(dialogue.tree.parent_of(key))
    return Question(
        turns=turns_of(before, talk.system_prompt),
        thinking=manner.thinking,
        sampling=manner.sampling,
        max_new_tokens=talk.max_new_tokens,
        probe=manner.probe,
        looks_up=manner.looks_up,
        when_full=talk.when_full,
    )


def going_on(question: Question, answer: Message, trace: TokenTrace | None, model: str) -> Question:
    """The same, to go on with an answer: after its very tokens if they are kept and `model` wrote them."""
    if trace is not None and trace.model == model:
        return replace(question, answer_ids=trace.token_ids())
    unfinished = Turn("assistant", answer.text, answer.reasoning)
    return replace(question, turns=(*question.turns, unfinished))
