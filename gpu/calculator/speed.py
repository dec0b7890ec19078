"""Speed beside size: what decoding and prefill wait for, and what each choice would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gpu.calculator.inputs import CalculatorInputs
from gpu.roofline import Bound, Rates, decode_bound, prefill_bound


@dataclass(frozen=True)
class Choice:
    """Something that could be changed, and the floors it would give; ratios are against what is now."""

    name: str
    inputs: CalculatorInputs
    decode: Bound
    prefill: Bound
    decode_ratio: float | None
    prefill_ratio: float | None


@dataclass(frozen=True)
class Roofline:
    """`decode` is one step of the whole batch with its contexts full, `prefill` one token of a prompt."""

    inputs: CalculatorInputs
    rates: Rates
    decode: Bound
    prefill: Bound
    choices: tuple[Choice, ...]

    @property
    def decode_tokens_per_s(self) -> float | None:
        """At most, of the whole batch."""
        floor = self.decode.floor_ms
        return None if floor is None else 1000 * self.inputs.batch / floor

    @property
    def ridge(self) -> float | None:
        """Operations for every byte at which bytes and arithmetic take as long."""
        peak, bandwidth = self.rates.operations_per_s(self.inputs.scheme), self.rates.bandwidth_bytes_per_s
        return None if peak is None or bandwidth is None else peak / bandwidth


def roofline(inputs: CalculatorInputs, rates: Rates) -> Roofline:
    """Floors on a card of these rates. Memory that is short changes nothing here: ask the verdict."""
    decode, prefill = _bounds(inputs, rates)
    choices = tuple(_choice(name, wish, rates, decode, prefill) for name, wish in _choices(inputs))
    return Roofline(inputs, rates, decode, prefill, choices)


def _bounds(inputs: CalculatorInputs, rates: Rates) -> tuple[Bound, Bound]:
    shape, scheme = inputs.subject.shape, inputs.scheme
    decode = decode_bound(shape, scheme, rates, inputs.context_tokens, inputs.batch)
    return decode, prefill_bound(shape, scheme, rates)


def _choices(inputs: CalculatorInputs) -> Iterator[tuple[str, CalculatorInputs]]:
    """Each turns one knob."""
    scheme = inputs.scheme
    for bits in (16, 8, 4):
        if bits != scheme.weight_bits:
            yield f"{bits}-bit weights", inputs.with_weight_bits(bits)
    if scheme.weight_bits < 16 and scheme.group != 128:
        yield "groups of 128", inputs.with_weight_bits(scheme.weight_bits, 128)
    for bits in (16, 8, 4):
        if bits < scheme.kv_bits:
            yield f"{bits}-bit cache", inputs.with_kv_bits(bits)
    if inputs.context_tokens > 1:
        yield "half the context", replace(inputs, context_tokens=inputs.context_tokens // 2)
    yield "twice the batch", replace(inputs, batch=inputs.batch * 2)


def _choice(name: str, wish: CalculatorInputs, rates: Rates, decode: Bound, prefill: Bound) -> Choice:
    new_decode, new_prefill = _bounds(wish, rates)
    return Choice(
        name, wish, new_decode, new_prefill, _ratio(new_decode, decode), _ratio(new_prefill, prefill)
    )


def _ratio(new: Bound, old: Bound) -> float | None:
    """None where a rate is missing for one of them only, or for both: then they cannot be compared."""
    if (new.reading_ms is None) != (old.reading_ms is None) or new.floor_ms is None or old.floor_ms is None:
        return None
    if (new.computing_ms is None) != (old.computing_ms is None):
        return None
    return new.floor_ms / old.floor_ms
