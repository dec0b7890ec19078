"""Questions to start with, so that an empty chat is one click from an answer."""

from __future__ import annotations

import json
from importlib import resources

from app.library import DEMO
from app.messages import ModelFacts

_FILE = "prompts.json"


def sample_prompts(facts: ModelFacts) -> tuple[str, ...]:
    """A few that suit the model; none for one that only continues text."""
    if not facts.has_chat_template:
        return ()
    document = json.loads((resources.files("assets") / _FILE).read_text(encoding="utf-8"))
    return tuple(document["demo" if facts.wish.model == DEMO else "chat"])
