"""Prediction, ledger and driver side by side, and how such pairs came out before on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.presenters.calculator import TITLES
from app.truth import LoadTruth, Pair, band
from gpu.units import size_text
from views.frames.calculator import RowFrame, TableFrame, TruthFrame

_MOST_ROWS = 60


def truth_frame(truth: LoadTruth | None, pairs: Sequence[Pair], problem: str = "") -> TruthFrame:
    """`pairs` oldest first. `problem` is why something could not be measured, read or kept."""
    history = _history(pairs)
    if truth is None:
        return TruthFrame(problem or TruthFrame().sentence, "neutral", history=history)
    pair = truth.pair
    return TruthFrame(
        sentence=_sentence(pair),
        mood="good" if pair.error_bytes == 0 else "warning",
        terms=TableFrame(
            f"{pair.model} · {pair.scheme} · {pair.context_tokens:,} tokens",
            ("Bytes of", "Predicted", "Allocated", "Difference"),
            tuple(_rows(truth)),
            note=" ".join(part for part in (_driver_note(truth), problem) if part),
        ),
        history=history,
    )


def _sentence(pair: Pair) -> str:
    held = f"The engine holds {size_text(pair.allocated_bytes)}"
    if pair.error_bytes == 0:
        return f"{held}, to the byte what was predicted."
    more = "more" if pair.error_bytes > 0 else "less"
    return f"{held}; {abs(pair.error_bytes):,} bytes {more} were predicted."


def _rows(truth: LoadTruth) -> Iterator[RowFrame]:
    allocated = dict(truth.allocated)
    for purpose, predicted in truth.predicted:
        held = allocated.get(purpose, 0)
        if predicted or held:
            yield _row(TITLES.get(purpose, purpose), predicted, held)
    pair = truth.pair
    yield _row("All of it", pair.predicted_bytes, pair.allocated_bytes, is_total=True)
    reported = "absent" if pair.reported_bytes is None else f"{pair.reported_bytes:,}"
    overhead = "" if pair.overhead_bytes is None else f"{pair.overhead_bytes:+,}"
    yield RowFrame(
        ("The driver says", "", reported, overhead), tooltip="What the driver says this process holds"
    )


def _row(name: str, predicted: int, held: int, *, is_total: bool = False) -> RowFrame:
    difference = predicted - held
    cells = (name, f"{predicted:,}", f"{held:,}", f"{difference:+,}" if difference else "0")
    return RowFrame(cells, mood="neutral" if difference == 0 else "warning", is_current=is_total)


def _driver_note(truth: LoadTruth) -> str:
    """Who told what the driver holds, or why nobody did."""
    used = (
        ""
        if truth.card_used_bytes is None
        else f" All programs together hold {size_text(truth.card_used_bytes)}."
    )
    source = truth.pair.source
    return (
        f"The driver's figure is {source}.{used}"
        if truth.pair.reported_bytes is None
        else f"From {source}.{used}"
    )


def _history(pairs: Sequence[Pair]) -> TableFrame:
    return TableFrame(
        "Loads on this machine",
        ("When (UTC)", "Model", "Error", "Driver on top"),
        tuple(_history_row(pair) for pair in reversed(pairs[-_MOST_ROWS:])),
        frozenset({0, 1}),
        _band_note(pairs),
    )


def _history_row(pair: Pair) -> RowFrame:
    error = f"{pair.error_bytes:+,} B" if pair.error_bytes else "0"
    on_top = "absent" if pair.overhead_bytes is None else size_text(pair.overhead_bytes)
    cells = (pair.when[:16].replace("T", " "), f"{pair.model} {pair.scheme}", error, on_top)
    return RowFrame(
        cells, tooltip=f"{pair.adapter}, {pair.driver}: {pair.context_tokens:,} tokens; {pair.source}"
    )


def _band_note(pairs: Sequence[Pair]) -> str:
    if not pairs:
        return "Nothing was loaded yet."
    found = band(pairs)
    loads = "1 load" if found.loads == 1 else f"{found.loads} loads"
    exact = (
        "all exact" if not found.largest_error_bytes else f"off by at most {found.largest_error_bytes:,} B"
    )
    if found.overhead_bytes is None:
        return f"{loads}, {exact} against the ledger. No driver told what it takes on top."
    low, middle, high = map(size_text, found.overhead_bytes)
    return (
        f"{loads}, {exact} against the ledger. Drivers took {low} to {high} on top, {middle} in the middle."
    )
