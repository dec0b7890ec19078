"""Memory as context and batch grow, the largest contexts that fit, and every byte explained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from app.calculator.rooms import Room
from app.presenters.calculator import TITLES, terms_by_segment
from gpu.budget import Term
from gpu.units import size_text
from views.frames.calculator import (
    LimitFrame,
    LinesFrame,
    PointFrame,
    RowFrame,
    SeriesFrame,
    TableFrame,
)

if TYPE_CHECKING:  # the calculator's arithmetic brings wgpu along
    from gpu.calculator.estimate import Estimate
    from gpu.calculator.fitting import Fit
    from gpu.calculator.series import Series

_UNITS = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
_MOST_PARTS = 400


def context_chart(series: Series, found: Estimate, rooms: Sequence[Room]) -> LinesFrame:
    """Memory against the context of each request."""
    now = found.inputs.context_tokens
    return _chart("Memory against context", "context, tokens", series, found, rooms, now, "tokens")


def batch_chart(series: Series, found: Estimate, rooms: Sequence[Room]) -> LinesFrame:
    """Memory against the requests computed together."""
    return _chart(
        "Memory against batch", "batch, requests", series, found, rooms, found.inputs.batch, "requests"
    )


def _chart(
    title: str, axis: str, series: Series, found: Estimate, rooms: Sequence[Room], now: int, what: str
) -> LinesFrame:
    size, unit = _unit(found.total_bytes)
    lines = (
        SeriesFrame("all of it", series.total_bytes / size, "workspace"),
        SeriesFrame("weights", series.weights_bytes / size, "weights"),
        SeriesFrame("KV cache", series.kv_cache_bytes / size, "kv_cache", dashed=True),
    )
    fits = not rooms or found.total_bytes <= rooms[0].memory_bytes
    points = [PointFrame(now, found.total_bytes / size, "here", "good" if fits else "bad")]
    crossing = series.crossing
    if crossing is not None and series.x[0] < crossing <= series.x[-1]:
        level = float(np.interp(crossing, series.x, series.kv_cache_bytes)) / size
        points.append(PointFrame(crossing, level, f"{crossing:,}"))
    return LinesFrame(
        title,
        series.x.astype(np.float64),
        axis,
        unit,
        lines,
        tuple(LimitFrame(room.memory_bytes / size, room.name) for room in rooms),
        tuple(points),
        note=_crossing_note(crossing, what),
    )


def _crossing_note(crossing: int | None, what: str) -> str:
    if crossing is None:
        return "The weights stay larger than the cache."
    if crossing <= 1:
        return "The cache is larger than the weights from the start."
    return f"From {crossing:,} {what} on, the cache is larger than the weights."


def _unit(size_bytes: int) -> tuple[int, str]:
    return next(((size, name) for size, name in _UNITS if size_bytes >= size), (1, "B"))


def largest_table(fits: Sequence[Fit], found: Estimate, room: Room | None) -> TableFrame:
    """The largest context of every scheme; the key of a row is its scheme and that context."""
    if room is None:
        return TableFrame("Largest context that fits", note="Choose a card to see what fits it.")
    return TableFrame(
        f"Largest context on {room.name}",
        ("Scheme", "Tokens", "Takes"),
        tuple(_fit_row(fit, str(fit.scheme) == str(found.inputs.scheme)) for fit in fits),
        frozenset({0}),
        "Double-click a row to use it.",
    )


def _fit_row(fit: Fit, is_current: bool) -> RowFrame:
    name = str(fit.scheme)
    if not fit.context_tokens:
        cells = (name, "none", size_text(fit.total_bytes))
        return RowFrame(cells, "", f"{name} does not fit even with one token", "bad", is_current)
    cells = (name, f"{fit.context_tokens:,}", size_text(fit.total_bytes))
    return RowFrame(cells, f"{name} {fit.context_tokens}", "Double-click to use it", is_current=is_current)


def bytes_table(found: Estimate) -> TableFrame:
    """Segments, their terms, and of each term its tensors."""
    return TableFrame(
        "",
        ("Term", "Size", "Bytes", "Formula", "What the numbers are", "How sure"),
        tuple(_byte_rows(found)),
        frozenset({0, 3, 4, 5}),
        " ".join(found.notes),
    )


def _byte_rows(found: Estimate) -> Iterator[RowFrame]:
    for key, terms in terms_by_segment(found).items():
        size = sum(term.size_bytes for term in terms)
        alone = terms[0] if len(terms) == 1 else None
        words = (alone.formula, alone.symbols, alone.label) if alone is not None else ("", "", "")
        yield RowFrame((TITLES[key], size_text(size), f"{size:,}", *words), key)
        if alone is not None:
            yield from _part_rows(alone, 1)
        else:
            for term in terms:
                yield from _term_rows(key, term)


def _term_rows(key: str, term: Term) -> Iterator[RowFrame]:
    name = f"{term.name}, scales" if term.purpose == "scales" and key != "scales" else term.name
    yield _term_row(name, term, f"{key}/{term.purpose}/{term.name}", 1)
    yield from _part_rows(term, 2)


def _part_rows(term: Term, depth: int) -> Iterator[RowFrame]:
    """The tensors of a term; of very many, the first."""
    for part in term.parts[:_MOST_PARTS]:
        yield _term_row(part.name, part, "", depth)
    rest = term.parts[_MOST_PARTS:]
    if rest:
        size = sum(part.size_bytes for part in rest)
        yield RowFrame(
            (f"… {len(rest)} more", size_text(size), f"{size:,}", "", "", term.label), "", depth=depth
        )


def _term_row(name: str, term: Term, key: str, depth: int) -> RowFrame:
    cells = (name, size_text(term.size_bytes), f"{term.size_bytes:,}", term.formula, term.symbols, term.label)
    return RowFrame(cells, key, f"{term.symbols}\n{term.formula} = {term.size_bytes:,} B", depth=depth)


def copied_text(found: Estimate, rooms: Sequence[Room], sentence: str) -> str:
    """Everything for the clipboard: the verdict, each card, every term."""
    cards = [
        f"{room.name}: {room.memory_bytes:,} B ({size_text(room.memory_bytes)}, {room.source})"
        for room in rooms
    ]
    totals = [f"{TITLES[key]}: {_sum(terms):,} B" for key, terms in terms_by_segment(found).items()]
    return "\n".join([sentence, *cards, "", *totals, "", found.to_text()])


def _sum(terms: Sequence[Term]) -> int:
    return sum(term.size_bytes for term in terms)
