"""The edges of the bar and what each of them turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the calculator's arithmetic brings wgpu along
    from gpu.calculator.fitting import Knob

WEIGHTS, CACHE, TOTAL = "weights", "kv_cache", "total"


def knob_of(edge: str, locks: frozenset[str]) -> Knob | None:
    """What an edge turns: the first of its knobs that is not locked; None where all are."""
    cache: tuple[Knob, ...] = ("context", "batch", "chats", "kv")
    knobs: dict[str, tuple[Knob, ...]] = {WEIGHTS: ("bits",), CACHE: cache, TOTAL: (*cache, "bits")}
    return next((knob for knob in knobs[edge] if knob not in locks), None)


def is_embedding(name: str) -> bool:
    """Whether a term is the embedding or the head."""
    return name.startswith("embedding") or name == "head"
