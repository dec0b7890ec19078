"""The same model in other engines: estimates by their published rules, each with its error band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from app.calculator.rooms import Room
from gpu.units import size_text
from views.frames.calculator import Mood, RowFrame, TableFrame

if TYPE_CHECKING:  # the calculator's arithmetic brings wgpu along
    from gpu.calculator.engines import OtherEstimate
    from gpu.calculator.estimate import Estimate

_HERE = "Exact: what is reckoned is what this engine allocates."
_NOTE = (
    "Other engines are estimated from their published rules; expand a row for its formulas and its source."
)


def engines_table(others: Sequence[OtherEstimate], found: Estimate, room: Room | None) -> TableFrame:
    """This engine first, then each other one with its terms below it."""
    return TableFrame(
        "",
        ("Engine", "Takes", "Likely between", "Verdict", "How it is reckoned"),
        (_own_row(found, room), *(row for other in others for row in _rows(other, room))),
        frozenset({0, 2, 3, 4}),
        _NOTE,
    )


def _own_row(found: Estimate, room: Room | None) -> RowFrame:
    total = found.total_bytes
    verdict, mood = _verdict(total, total, room)
    cells = (f"Quantscope · {found.inputs.scheme}", size_text(total), "exact", verdict, _HERE)
    return RowFrame(cells, mood=mood, mood_at=3, is_current=True)


def _rows(other: OtherEstimate, room: Room | None) -> Iterator[RowFrame]:
    verdict, mood = _verdict(other.low_bytes, other.high_bytes, room)
    engine, band = other.engine, f"{size_text(other.low_bytes)} – {size_text(other.high_bytes)}"
    how = f"± {other.error:.0%}: {engine.source}"
    yield RowFrame((engine.title, size_text(other.total_bytes), band, verdict, how), engine.key, how, mood, 3)
    for term in other.terms:
        yield RowFrame(
            (term.name, size_text(term.size_bytes), "", "", term.formula), depth=1, tooltip=term.symbols
        )
    for note in engine.notes:
        yield RowFrame(("note", "", "", "", note), depth=1)


def _verdict(low: int, high: int, room: Room | None) -> tuple[str, Mood]:
    """The band decides: between its ends nobody can promise."""
    if room is None:
        return "", "neutral"
    if high <= room.memory_bytes:
        return "fits", "good"
    return ("does not fit", "bad") if low > room.memory_bytes else ("may fit", "warning")
