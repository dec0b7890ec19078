"""Questions to start with, so that an empty chat is one click from an answer."""

from __future__ import annotations

import json
from importlib import resources

from app.library import DEMO
from app.messages import ModelFacts

MOST = 4
_FOR_THE_DEMO = "demo/questions.json"  # what it was trained to answer
_FOR_OTHERS = "prompts.json"


def sample_prompts(facts: ModelFacts) -> tuple[str, ...]:
    """A few that suit the model; none for one that only continues text."""
    if not facts.has_chat_template:
        return ()
    return all_prompts(facts)[:MOST]


def all_prompts(facts: ModelFacts | None) -> tuple[str, ...]:
    """Everything that comes along for a model: what the demo was trained to answer, or what any model can."""
    name = _FOR_THE_DEMO if facts is not None and facts.wish.model == DEMO else _FOR_OTHERS
    questions: list[str] = json.loads((resources.files("assets") / name).read_text(encoding="utf-8"))
    return tuple(questions)
