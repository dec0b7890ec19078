"""What to give up so that it fits, of whatever is not locked, least loss first.

Losses are counted in halvings: half the context, the batch or the chats costs 1. What fewer bits cost is this
program's judgement of published measurements: 8-bit weights and caches are next to free, 4-bit weights cost
little, below that quality falls fast.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gpu.calculator.estimate import Estimate, estimate, refusal, totals
from gpu.calculator.fitting import Knob, largest_context
from gpu.calculator.inputs import CalculatorInputs
from gpu.scheme import KV_BITS, WEIGHT_BITS

CONTEXT_STEP_TOKENS = 256  # what is offered is round, and a context below this is no use
_WEIGHT_LOSSES = {16: 0.0, 8: 0.3, 6: 0.8, 5: 1.3, 4: 2.0, 3: 5.0, 2: 10.0}
_KV_LOSSES = {32: 0.0, 16: 0.1, 8: 0.6, 4: 4.0}


@dataclass(frozen=True)
class Change:
    """A knob that was turned, in words."""

    knob: Knob
    before: str
    after: str


@dataclass(frozen=True)
class Solution:
    """`inputs` that fit, or the wish itself where nothing does; `changes` are what they differ by."""

    inputs: CalculatorInputs
    estimate: Estimate
    fits: bool
    changes: tuple[Change, ...]
    sentence: str


def solve(inputs: CalculatorInputs, locked: frozenset[Knob], capacity_bytes: int) -> Solution:
    """The wish itself if it fits, else the nearest one that does without turning a locked knob.

    Raises:
        RequestError: no bytes, or absurdly many.
    """
    found = estimate(inputs)
    if found.total_bytes <= capacity_bytes:
        return Solution(inputs, found, True, (), f"{described(inputs)} fits.")
    ways = alternatives(inputs, locked, capacity_bytes, most=1)
    return ways[0] if ways else Solution(inputs, found, False, (), nothing_fits(locked))


def alternatives(
    inputs: CalculatorInputs, locked: frozenset[Knob], capacity_bytes: int, most: int = 3
) -> tuple[Solution, ...]:
    """Up to `most` ways that fit and turn different knobs, least loss first; none where nothing fits.

    Raises:
        RequestError: no bytes, or absurdly many.
    """
    fitting = (_fitted(wish, "context" in locked, capacity_bytes) for wish in _wishes(inputs, locked))
    ranked = sorted((wish for wish in fitting if wish is not None), key=lambda wish: _loss(inputs, wish))
    ways: dict[frozenset[Knob], Solution] = {}
    for wish in ranked:
        changes = tuple(_changes(inputs, wish))
        knobs = frozenset(change.knob for change in changes)
        # Turning one more knob than a way already found does is no alternative to it.
        if knobs and len(ways) < most and not any(other <= knobs for other in ways):
            ways[knobs] = Solution(wish, estimate(wish), True, changes, f"{described(wish)} would fit.")
    return tuple(ways.values())


def suggestion(inputs: CalculatorInputs, capacity_bytes: int) -> str:
    """One sentence that names up to two ways."""
    ways = alternatives(inputs, frozenset(), capacity_bytes, most=2)
    if not ways:
        return nothing_fits(frozenset())
    return f"{' or '.join(described(way.inputs) for way in ways)} would fit."


def described(inputs: CalculatorInputs) -> str:
    """A scheme, a context and, where there are several, the requests."""
    text = f"{inputs.scheme} with a context of {inputs.context_tokens:,} tokens"
    batch = f", batch {inputs.batch}" if inputs.batch > 1 else ""
    return text + batch + (f", {inputs.chats} chats" if inputs.chats > 1 else "")


def nothing_fits(locked: frozenset[Knob]) -> str:
    if locked:
        return "nothing fits while so much is locked; unlock something, or choose a smaller model."
    return "no scheme would fit; choose a smaller model or free some memory."


def _wishes(inputs: CalculatorInputs, locked: frozenset[Knob]) -> Iterator[CalculatorInputs]:
    """The wish with the same or less of everything but the context."""
    bits = [inputs.scheme.weight_bits, *(b for b in WEIGHT_BITS if b < inputs.scheme.weight_bits)]
    kv = [inputs.scheme.kv_bits, *(b for b in KV_BITS if b < inputs.scheme.kv_bits)]
    runs = refusal(inputs) is None
    for weight_bits, kv_bits in itertools.product(
        bits[:1] if "bits" in locked else bits, kv[:1] if "kv" in locked else kv
    ):
        wish = inputs if weight_bits == inputs.scheme.weight_bits else inputs.with_weight_bits(weight_bits)
        if "kv" in locked or kv_bits < wish.scheme.kv_bits:
            wish = wish.with_kv_bits(kv_bits)
        if runs and refusal(wish) is not None:
            continue
        for batch, chats in _requests(inputs, locked):
            yield replace(wish, batch=batch, chats=chats)


def _requests(inputs: CalculatorInputs, locked: frozenset[Knob]) -> Iterator[tuple[int, int]]:
    """Batches halved down to one, then chats too."""
    batches = [inputs.batch] if "batch" in locked else list(_halved(inputs.batch))
    chats = [inputs.chats] if "chats" in locked else list(_halved(inputs.chats))
    yield from ((batch, chats[0]) for batch in batches)
    yield from ((batches[-1], count) for count in chats[1:])


def _halved(count: int) -> Iterator[int]:
    while count > 1:
        yield count
        count //= 2
    yield 1


def _fitted(wish: CalculatorInputs, keeps_context: bool, capacity_bytes: int) -> CalculatorInputs | None:
    """The wish with as much of its context as fits, if that is any use."""
    wanted = wish.context_tokens
    if totals(wish)(wanted) <= capacity_bytes:
        return wish
    if keeps_context:
        return None
    longest = min(largest_context(wish, capacity_bytes).context_tokens, wanted)
    longest = longest // CONTEXT_STEP_TOKENS * CONTEXT_STEP_TOKENS
    return replace(wish, context_tokens=longest) if longest else None


def _loss(inputs: CalculatorInputs, wish: CalculatorInputs) -> float:
    before, after = inputs.scheme, wish.scheme
    return (
        math.log2(inputs.context_tokens / wish.context_tokens)
        + math.log2(inputs.requests / wish.requests)
        + _WEIGHT_LOSSES[after.weight_bits]
        - _WEIGHT_LOSSES[before.weight_bits]
        + _KV_LOSSES[after.kv_bits]
        - _KV_LOSSES[before.kv_bits]
    )


def _changes(inputs: CalculatorInputs, wish: CalculatorInputs) -> Iterator[Change]:
    before, after = inputs.scheme, wish.scheme
    pairs: tuple[tuple[Knob, str, str], ...] = (
        ("context", f"{inputs.context_tokens:,} tokens", f"{wish.context_tokens:,} tokens"),
        ("kv", f"{before.kv_bits}-bit cache", f"{after.kv_bits}-bit cache"),
        ("batch", f"batch {inputs.batch}", f"batch {wish.batch}"),
        ("chats", f"{inputs.chats} chats", f"{wish.chats} chats"),
        ("bits", f"{before.weight_bits}-bit weights", f"{after.weight_bits}-bit weights"),
    )
    for knob, was, becomes in pairs:
        if was != becomes:
            yield Change(knob, was, becomes)
