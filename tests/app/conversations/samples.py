"""Made-up records."""

from __future__ import annotations

from typing import Any

from app.conversations import Conversation, Message
from gpu.sampling import Sampling

TALK = Conversation(
    7,
    title="Outliers",
    created_ms=1_700_000_000_000,
    changed_ms=1_700_000_000_500,
    pinned=True,
    system_prompt="Be brief.",
    model="demo",
    scheme="W4A8",
    sampling=Sampling(temperature=0.0, seed=5),
    max_new_tokens=64,
    thinking=True,
    when_full="forget",
    leaf=2,
)


def message(key: int, parent: int | None = None, text: str = "", **changes: Any) -> Message:
    """A question if it has no parent or an even one, with `key` as its place in time."""
    role = "user" if parent is None or parent % 2 == 0 else "assistant"
    fields: dict[str, Any] = {"role": role, "created_ms": key, "text": text, **changes}
    return Message(key, fields.pop("conversation", TALK.id), parent, **fields)
