"""The calculator's answer, ready to draw: the bar, the verdict and the ways out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.calculator.knobs import CACHE, TOTAL, WEIGHTS, is_embedding, knob_of
from app.calculator.rooms import THIS_MACHINE, Room
from app.calculator.wishes import OWN_CARD
from gpu.budget import Term
from gpu.units import size_text
from views.frames import Choice
from views.frames.calculator import BarFrame, MarkFrame, Mood, SegmentFrame, VerdictFrame

if TYPE_CHECKING:  # the calculator's arithmetic brings wgpu along
    from gpu.calculator.estimate import Estimate
    from gpu.calculator.inputs import CalculatorInputs
    from gpu.calculator.solve import Solution

EMBEDDINGS = "embeddings"
TITLES = {
    "weights": "Weights",
    "scales": "Scales",
    EMBEDDINGS: "Embeddings",
    "norms": "Norms",
    "kv_cache": "KV cache",
    "workspace": "Workspace",
    "probes": "Probes",
    "adapters": "LoRA adapters",
    "driver": "Driver",
    "display": "Display",
    "other_programs": "Other programs",
}
_EDGES = {
    "bits": "Bits of the weights",
    "context": "Context",
    "batch": "Batch",
    "chats": "Chats",
    "kv": "Type of the KV cache",
}
_MARGIN = 1.04
_DWARFED = 0.04  # of the first room: below, the bar is shown close up and the room lies beyond its end
_CLOSE_UP = 1.3
_ROOM_SHOWN = 2.5  # a room this many times the need would leave nothing of the bar to see


def segment_of(term: Term) -> str:
    """The segment that a term belongs to: embeddings and head, with their scales, are one of their own."""
    return EMBEDDINGS if term.purpose in ("weights", "scales") and is_embedding(term.name) else term.purpose


def terms_by_segment(found: Estimate) -> dict[str, tuple[Term, ...]]:
    """Terms that hold anything, in the order of the bar."""
    return {
        key: terms
        for key in TITLES
        if (terms := tuple(t for t in found.terms if segment_of(t) == key and t.size_bytes))
    }


def bar_frame(found: Estimate, rooms: Sequence[Room], locks: frozenset[str]) -> BarFrame:
    """Every term against the rooms. An edge that everything is locked for cannot be moved."""
    segments = tuple(_segment(key, terms, found, locks) for key, terms in terms_by_segment(found).items())
    marks = tuple(_mark(room, found) for room in rooms)
    knob = knob_of(TOTAL, locks)
    return BarFrame(segments, marks, _scale(found, rooms), "All of it" if knob is not None else "")


def verdict_frame(
    found: Estimate, rooms: Sequence[Room], moved: str = "", ways: Sequence[Solution] = ()
) -> VerdictFrame:
    """Whether it fits the first room, and what it is about."""
    asked = question_text(found.inputs)
    if not rooms:
        sentence = f"Takes {size_text(found.total_bytes)}"
        return VerdictFrame(sentence, f"{asked}. Choose a card to see whether it fits.", "neutral", moved)
    room = rooms[0]
    left = room.memory_bytes - found.total_bytes
    mood: Mood = "bad" if left < 0 else "warning" if found.refusal else "good"
    held = f"{asked}: {size_text(found.total_bytes)} of {size_text(room.memory_bytes)}"
    return VerdictFrame(
        sentence=_sentence(room, left),
        detail=f"{held}. {_largest(found)}" if left < 0 else f"{held}.",
        mood=mood,
        moved=moved or _remark(found),
        actions=tuple(_way(index, way) for index, way in enumerate(ways)),
    )


def question_text(inputs: CalculatorInputs) -> str:
    """Model, scheme, context and requests in one line."""
    parts = [inputs.subject.name, str(inputs.scheme), f"{inputs.context_tokens:,} tokens"]
    if inputs.batch > 1:
        parts.append(f"batch {inputs.batch}")
    if inputs.chats > 1:
        parts.append(f"{inputs.chats} chats")
    return " · ".join(parts)


def share_text(part: int, whole: int) -> str:
    """A percentage without false precision."""
    share = part / whole if whole else 0.0
    return f"{share:.0%}" if share >= 0.01 else "< 1%"


def _segment(key: str, terms: Sequence[Term], found: Estimate, locks: frozenset[str]) -> SegmentFrame:
    size = sum(term.size_bytes for term in terms)
    knob = knob_of(key, locks) if key in (WEIGHTS, CACHE) else None
    return SegmentFrame(
        key=key,
        label=TITLES[key],
        size_bytes=size,
        size=size_text(size),
        share=share_text(size, found.total_bytes),
        tooltip=_tooltip(key, size, terms),
        edge=_EDGES[knob] if knob is not None else "",
        edge_value=_knob_value(knob, found.inputs) if knob is not None else "",
    )


def _tooltip(key: str, size: int, terms: Sequence[Term]) -> str:
    """The formulas with their numbers, the largest terms first."""
    ranked = sorted(terms, key=lambda term: -term.size_bytes)
    lines = [f"{term.name}: {term.formula} = {size_text(term.size_bytes)}" for term in ranked[:8]]
    more = [f"… and {len(ranked) - 8} more"] if len(ranked) > 8 else []
    return "\n".join([f"{TITLES[key]}: {size:,} B", *lines, *more])


def _knob_value(knob: str, inputs: CalculatorInputs) -> str:
    values = {
        "bits": f"{inputs.scheme.weight_bits} bits",
        "context": f"{inputs.context_tokens:,} tokens",
        "batch": f"{inputs.batch} requests",
        "chats": f"{inputs.chats} chats",
        "kv": f"{inputs.scheme.kv_bits} bits",
    }
    return values[knob]


def _mark(room: Room, found: Estimate) -> MarkFrame:
    left = room.memory_bytes - found.total_bytes
    words = f"leaves {size_text(left)}" if left >= 0 else f"{size_text(-left)} are missing"
    return MarkFrame(
        label=f"{room.name} · {size_text(room.memory_bytes)}",
        size_bytes=room.memory_bytes,
        mood="good" if left >= 0 else "bad",
        tooltip=f"{room.name} ({size_text(room.memory_bytes)}, {room.source}): {words}",
    )


def _scale(found: Estimate, rooms: Sequence[Room]) -> int:
    """Wide enough for the need and the rooms, unless a room dwarfs the need."""
    most = max([found.total_bytes, *(room.memory_bytes for room in rooms)])
    first = rooms[0].memory_bytes if rooms else 0
    if found.total_bytes < _DWARFED * first:
        return round(_CLOSE_UP * found.total_bytes)
    return round(_MARGIN * max(found.total_bytes, first, min(most, round(_ROOM_SHOWN * found.total_bytes))))


def _sentence(room: Room, left: int) -> str:
    if left >= 0:
        return f"Fits {_the(room)} and leaves {size_text(left)}"
    return f"Does not fit {_the(room)}: {size_text(-left)} too much"


def _largest(found: Estimate) -> str:
    """Which term is in the way."""
    sizes = {key: sum(t.size_bytes for t in terms) for key, terms in terms_by_segment(found).items()}
    key = max(sizes, key=lambda name: sizes[name])
    return f"The largest part: {TITLES[key]}, {size_text(sizes[key])}."


def _the(room: Room) -> str:
    if room.key == THIS_MACHINE:
        return f"this machine's {room.name}"
    return room.name if room.key == OWN_CARD else f"the {room.name}"


def _remark(found: Estimate) -> str:
    """Why this engine would not run it, or what is not counted."""
    return f"This engine does not run it: {found.refusal}" if found.refusal else ""


def _way(index: int, way: Solution) -> Choice:
    return Choice(str(index), "; ".join(change.after for change in way.changes), way.sentence)
