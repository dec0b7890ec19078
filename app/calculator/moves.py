"""What moving an edge of the bar does to the inputs, and what gives way so that it fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.calculator.knobs import TOTAL, WEIGHTS, is_embedding, knob_of
from gpu.calculator.estimate import Estimate, estimate
from gpu.calculator.fitting import Knob, stretch
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.solve import Change, solve
from gpu.scheme import KV_BITS, WEIGHT_BITS

_ROUND_TOKENS = 256
_STEPS_AN_OCTAVE = 8
_TOTAL_STEPS = 64


@dataclass(frozen=True)
class Drag:
    """An edge pulled to where its segment would have `wanted_bytes`."""

    edge: str
    wanted_bytes: float


@dataclass(frozen=True)
class Step:
    """An edge moved by the keyboard."""

    edge: str
    steps: int


@dataclass(frozen=True)
class Moved:
    """The inputs after a move, and a sentence if something else had to give way, or nothing could."""

    inputs: CalculatorInputs
    sentence: str = ""


def move(
    inputs: CalculatorInputs, what: Drag | Step, locks: frozenset[Knob], room_bytes: int | None
) -> Moved:
    """Turn the knob of the edge, then whatever is unlocked if that no longer fits `room_bytes`.

    Raises:
        QuantscopeError: a figure beyond what is reckoned with.
    """
    knob = knob_of(what.edge, locks)
    if knob is None:
        return Moved(inputs)
    if what.edge == TOTAL:
        return _move_total(inputs, what, locks, knob, room_bytes)
    turned = _pulled(inputs, what, knob) if isinstance(what, Drag) else stepped(inputs, knob, what.steps)
    return _made_to_fit(turned, locks | {knob}, room_bytes)


def stepped(inputs: CalculatorInputs, knob: Knob, steps: int) -> CalculatorInputs:
    """Turn one knob by whole steps: eight an octave of context, one request, one size of bits."""
    if knob == "context":
        return _with_context(inputs, inputs.context_tokens + steps * _context_step(inputs.context_tokens))
    if knob in ("batch", "chats"):
        return replace(inputs, **{knob: max(1, getattr(inputs, knob) + steps)})
    sizes = sorted(WEIGHT_BITS if knob == "bits" else KV_BITS)
    held = inputs.scheme.weight_bits if knob == "bits" else inputs.scheme.kv_bits
    bits = sizes[min(len(sizes) - 1, max(0, sizes.index(held) + steps))]
    return _with_bits(inputs, knob, bits)


def _pulled(inputs: CalculatorInputs, drag: Drag, knob: Knob) -> CalculatorInputs:
    found = estimate(inputs)
    if drag.edge == WEIGHTS:
        bits = inputs.scheme.weight_bits * drag.wanted_bytes / max(1, _codes_bytes(found))
        return _with_bits(inputs, "bits", min(WEIGHT_BITS, key=lambda size: abs(size - bits)))
    if knob == "context":
        tokens = int(drag.wanted_bytes / (found.kv_bytes_per_token * inputs.requests))
        return _rounded(_with_context(inputs, tokens), knob)
    others = found.total_bytes - found.kv_cache_bytes
    return stretch(inputs, knob, round(others + drag.wanted_bytes))


def _codes_bytes(found: Estimate) -> int:
    """Of the segment of the bar: embeddings are one of their own."""
    terms = (term for term in found.terms if term.purpose == "weights" and not is_embedding(term.name))
    return sum(term.size_bytes for term in terms)


def _move_total(
    inputs: CalculatorInputs, what: Drag | Step, locks: frozenset[Knob], knob: Knob, room_bytes: int | None
) -> Moved:
    """A smaller whole is solved for; a larger one goes into the knob of the edge."""
    total = estimate(inputs).total_bytes
    step = max(1, (room_bytes or total) // _TOTAL_STEPS)
    wanted = what.wanted_bytes if isinstance(what, Drag) else total + what.steps * step
    if wanted >= total:
        return Moved(_rounded(stretch(inputs, knob, round(wanted)), knob))
    return _made_to_fit(inputs, locks, max(1, round(wanted)))


def _made_to_fit(inputs: CalculatorInputs, locks: frozenset[Knob], room_bytes: int | None) -> Moved:
    if room_bytes is None:
        return Moved(inputs)
    found = solve(inputs, locks, room_bytes)
    if not found.fits:
        return Moved(inputs, "Nothing that is unlocked makes it fit.")
    return Moved(found.inputs, moved_sentence(found.changes))


def moved_sentence(changes: Iterable[Change]) -> str:
    """What gave way, empty if nothing did."""
    said = [f"{change.before} became {change.after}" for change in changes]
    return f"To fit: {', '.join(said)}." if said else ""


def _with_bits(inputs: CalculatorInputs, knob: Knob, bits: int) -> CalculatorInputs:
    return inputs.with_weight_bits(bits) if knob == "bits" else inputs.with_kv_bits(bits)


def _rounded(inputs: CalculatorInputs, knob: Knob) -> CalculatorInputs:
    """Contexts above the step are multiples of it, the model's limit excepted."""
    tokens = inputs.context_tokens
    if knob != "context" or tokens <= _ROUND_TOKENS or tokens == inputs.subject.shape.max_context_tokens:
        return inputs
    return replace(inputs, context_tokens=tokens // _ROUND_TOKENS * _ROUND_TOKENS)


def _with_context(inputs: CalculatorInputs, tokens: int) -> CalculatorInputs:
    most = inputs.subject.shape.max_context_tokens
    tokens = max(_ROUND_TOKENS, tokens)
    return replace(inputs, context_tokens=min(tokens, most) if most else tokens)


def _context_step(tokens: int) -> int:
    return max(_ROUND_TOKENS, (1 << (tokens.bit_length() - 1)) // _STEPS_AN_OCTAVE)
