"""The largest context that fits, and the value of one knob that fills a given memory best."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gpu.budget import MOST_BYTES, MOST_CONTEXT_TOKENS, MOST_REQUESTS
from gpu.calculator.estimate import estimate, totals
from gpu.calculator.inputs import CalculatorInputs
from gpu.model_shape import check_count
from gpu.scheme import KV_BITS, WEIGHT_BITS, Scheme

_NEAR_TOKENS = 64
Knob = Literal["context", "kv", "batch", "chats", "bits"]
KNOBS: tuple[Knob, ...] = ("context", "kv", "batch", "chats", "bits")
TABLE_SCHEMES = ("W16A16", "W8A8", "W6A8", "W5A8", "W4A8", "W4-g128A8", "W4A8+kv8", "W4A8+kv4")


@dataclass(frozen=True)
class Fit:
    """The largest context of a scheme that fits, and what it takes; 0 tokens if not even one does."""

    scheme: Scheme
    context_tokens: int
    total_bytes: int


def largest_context(inputs: CalculatorInputs, capacity_bytes: int) -> Fit:
    """Within the model's own limit.

    Raises:
        RequestError: no bytes, or absurdly many.
    """
    check_count("available bytes", capacity_bytes, MOST_BYTES)
    total = totals(inputs)
    limit = min(inputs.subject.shape.max_context_tokens or MOST_CONTEXT_TOKENS, MOST_CONTEXT_TOKENS)
    context = _last_that_fits(total, limit, capacity_bytes)
    return Fit(inputs.scheme, context, total(max(context, 1)))


def _last_that_fits(total: Callable[[int], int], limit: int, capacity_bytes: int) -> int:
    """The last of 1…limit whose total fits, 0 if none; `total` grows nearly in proportion, so guess first."""
    least, most = total(1), total(limit)
    if most <= capacity_bytes:
        return limit
    if least > capacity_bytes:
        return 0
    guess = 1 + (capacity_bytes - least) * (limit - 1) // (most - least)
    low, high = max(1, guess - _NEAR_TOKENS), min(limit, guess + _NEAR_TOKENS)
    if not total(low) <= capacity_bytes < total(high):
        low, high = 1, limit
    return low - 1 + bisect_right(range(low, high + 1), capacity_bytes, key=total)


def largest_contexts(
    inputs: CalculatorInputs, schemes: Sequence[Scheme], capacity_bytes: int
) -> tuple[Fit, ...]:
    """For every scheme, the largest context that fits; raises RequestError as `largest_context` does."""
    return tuple(largest_context(replace(inputs, scheme=scheme), capacity_bytes) for scheme in schemes)


def stretch(inputs: CalculatorInputs, knob: Knob, total_bytes: int) -> CalculatorInputs:
    """Set one knob so that the total comes as near to `total_bytes` as it can without exceeding it; its
    least value where none does."""
    if knob == "context":
        fit = largest_context(inputs, max(1, min(total_bytes, MOST_BYTES)))
        return replace(inputs, context_tokens=max(fit.context_tokens, 1))
    if knob == "batch":
        return replace(inputs, batch=_count(inputs, inputs.batch, total_bytes))
    if knob == "chats":
        return replace(inputs, chats=_count(inputs, inputs.chats, total_bytes))
    wishes = list(_falling(inputs, knob))
    return next((wish for wish in wishes if _total(wish) <= total_bytes), wishes[-1])


def _count(inputs: CalculatorInputs, now: int, total_bytes: int) -> int:
    """How many instead of `now`: the cache grows in proportion, nothing else does."""
    found = estimate(inputs)
    each = found.kv_cache_bytes // now
    room = total_bytes - (found.total_bytes - found.kv_cache_bytes)
    return max(1, min(room // max(each, 1), MOST_REQUESTS // (inputs.requests // now)))


def _falling(inputs: CalculatorInputs, knob: Knob) -> Iterator[CalculatorInputs]:
    """The same with every value of a knob, most bits first."""
    if knob == "kv":
        yield from (inputs.with_kv_bits(bits) for bits in sorted(KV_BITS, reverse=True))
    else:
        yield from (inputs.with_weight_bits(bits) for bits in sorted(WEIGHT_BITS, reverse=True))


def _total(inputs: CalculatorInputs) -> int:
    return estimate(inputs).total_bytes
