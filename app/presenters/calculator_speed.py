"""How fast at best: whether bytes or arithmetic bind, the floor, and what was measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from app.calculator.rooms import THIS_MACHINE, Room
from app.calculator.speeds import OwnSpeed
from gpu.roofline import Bound, Rates, decode_bound
from views.frames.calculator import (
    LinesFrame,
    Mood,
    PointFrame,
    RowFrame,
    SeriesFrame,
    SpeedFrame,
    TableFrame,
    VerdictFrame,
)

if TYPE_CHECKING:  # the calculator's arithmetic brings wgpu along
    from gpu.calculator.speed import Choice, Roofline

_POINTS = 96
_NOTHING_KNOWN = "Nothing is known of how fast this memory is read. Measure the adapter, or choose a card."


def speed_frame(roof: Roofline, room: Room | None, own: OwnSpeed | None) -> SpeedFrame:
    """Decode and prefill under the roof of a room's rates; `own` where it was measured here."""
    if room is None:
        return SpeedFrame(source="Choose a card to see how fast it could be.")
    measured = own if own is not None and room.key == THIS_MACHINE and own.is_of(roof.inputs) else None
    prefill = (
        _measured(measured.prefill_ms_per_token, roof.prefill.floor_ms, "a prompt token") if measured else ""
    )
    return SpeedFrame(
        decode=VerdictFrame(_sentence("Decode", roof.decode, "a step"), _decode_detail(roof, measured)),
        prefill=VerdictFrame(_sentence("Prefill", roof.prefill, "a token"), prefill),
        source=rates_text(roof.rates, roof.inputs.scheme.activation_bits < 16),
        chart=_chart(room.name, roof),
        choices=_choices(roof),
    )


def _choices(roof: Roofline) -> TableFrame:
    """What each knob alone would change; a row's key is its place."""
    return TableFrame(
        "What each choice would change",
        ("Choice", "A step", "A prompt token", "Decode"),
        tuple(_choice_row(index, choice) for index, choice in enumerate(roof.choices)),
        note="Double-click a row to use it.",
    )


def _choice_row(index: int, choice: Choice) -> RowFrame:
    decode, prefill, ratio = choice.decode.floor_ms, choice.prefill.floor_ms, choice.decode_ratio
    cells = (
        choice.name,
        ms_text(decode) if decode is not None else "—",
        ms_text(prefill) if prefill is not None and choice.prefill_ratio is not None else "—",
        _change(ratio),
    )
    mood: Mood = "neutral" if ratio is None or 0.99 < ratio < 1.01 else "good" if ratio < 1 else "bad"
    return RowFrame(cells, str(index), f"{choice.name}: double-click to use it", mood, 3)


def _change(ratio: float | None) -> str:
    """How a step changes, in per cent of its time."""
    if ratio is None:
        return "—"
    return "the same" if 0.995 < ratio < 1.005 else f"{ratio - 1:+.0%} time"


def rates_text(rates: Rates, integers: bool) -> str:
    """The two rates that bind, and who says so."""
    parts = []
    if rates.bandwidth_bytes_per_s is not None:
        parts.append(f"{rates.bandwidth_bytes_per_s / 1e9:,.4g} GB/s")
    peak = rates.integer_operations_per_s if integers else rates.float_operations_per_s
    kind = "integer" if integers else "float"
    if peak is not None:
        parts.append(f"{peak / 1e12:,.3g} T {kind} operations/s")
    if not parts:
        return _NOTHING_KNOWN
    label = rates.source if rates.is_measured else f"catalogue: {rates.source}"
    missing = "" if peak is not None else f"; nobody vouches for its {kind} operations"
    return f"{' and '.join(parts)} ({label}){missing}."


def ms_text(ms: float) -> str:
    """Milliseconds in three figures."""
    return f"{ms:,.0f} ms" if ms >= 100 else f"{ms:.3g} ms"


def _sentence(what: str, bound: Bound, unit: str) -> str:
    if bound.floor_ms is None:
        return f"{what}: {_amounts(bound)} {unit}"
    floor = f"at least {ms_text(bound.floor_ms)} {unit}"
    if bound.by is None:
        known = "reading alone" if bound.reading_ms is not None else "arithmetic alone"
        return f"{what}: {known} takes {floor}"
    return f"{what} is bound by {bound.by}: {floor}"


def _amounts(bound: Bound) -> str:
    return f"{bound.amount_bytes / 1e9:.3g} GB read and {bound.operations / 1e9:.3g} G operations"


def _decode_detail(roof: Roofline, own: OwnSpeed | None) -> str:
    said, inputs = [], roof.inputs
    if roof.decode_tokens_per_s is not None:
        most = f"At most {roof.decode_tokens_per_s:,.3g} tokens a second with the context full"
        said.append(f"{most}; {_amounts(roof.decode)} a step.")
    if own is not None:
        here = decode_bound(inputs.subject.shape, inputs.scheme, roof.rates, own.context_tokens)
        said.append(
            _measured(own.decode_ms, here.floor_ms, f"a token, {own.context_tokens} tokens in the cache")
        )
    return " ".join(said)


def _measured(ms: float, floor_ms: float | None, unit: str) -> str:
    ratio = f", {ms / floor_ms:.3g} times its floor" if floor_ms else ""
    return f"Measured here: {ms_text(ms)} {unit}{ratio}."


def _chart(name: str, roof: Roofline) -> LinesFrame | None:
    """Operations a second against operations a byte; None without a bandwidth, which gives it its slope."""
    bandwidth, ridge = roof.rates.bandwidth_bytes_per_s, roof.ridge
    if bandwidth is None:
        return None
    bounds = (("decode", roof.decode), ("prefill", roof.prefill))
    ends = [bound.intensity for _, bound in bounds] + ([ridge] if ridge is not None else [])
    at = np.logspace(math.log10(min(ends)) - 0.7, math.log10(max(ends)) + 0.7, _POINTS)
    reached = at * bandwidth if ridge is None else np.minimum(at, ridge) * bandwidth
    points = tuple(
        PointFrame(bound.intensity, bound.operations / bound.floor_ms * 1000, label)
        for label, bound in bounds
        if bound.floor_ms
    )
    return LinesFrame(
        f"Roofline of {name}",
        at,
        "operations a byte",
        "operations a second",
        (SeriesFrame("what the card can do", reached, "weights"),),
        points=points,
        log_values=True,
        note="" if ridge is None else f"Below {ridge:,.3g} operations a byte, bytes bind; above, arithmetic.",
    )
