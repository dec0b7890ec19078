"""Whether a budget fits a card or an amount of memory, what would instead, and how fast it could be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from app.catalogue import Card
from gpu.calculator.estimate import Estimate
from gpu.calculator.fitting import largest_context
from gpu.calculator.solve import suggestion
from gpu.roofline import Rates, decode_bound, prefill_bound
from gpu.units import size_text


@dataclass(frozen=True)
class Verdict:
    """Everything is None that no place was named for; `suggestion` too where it fits, and a floor where its
    rate is not known."""

    card: str | None = None
    rates_source: str | None = None
    available_bytes: int | None = None
    left_bytes: int | None = None
    fits: bool | None = None
    max_context_tokens: int | None = None
    suggestion: str | None = None
    decode_floor_ms: float | None = None
    decode_bound_by: str | None = None
    prefill_floor_ms_per_token: float | None = None
    prefill_bound_by: str | None = None

    def summary(self) -> dict[str, object]:
        """What the command line prints as JSON."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """The same in words."""
        if self.available_bytes is None or self.left_bytes is None:
            return
        place = f"{self.card or 'memory'} ({size_text(self.available_bytes)})"
        if self.fits:
            yield f"Fits {place} and leaves {size_text(self.left_bytes)}."
            yield f"The longest context that fits is {self.max_context_tokens:,} tokens."
        else:
            yield f"Does not fit {place}, {size_text(-self.left_bytes)} are missing: {self.suggestion}"
        if self.decode_floor_ms is not None:
            yield f"Decoding takes at least {self.decode_floor_ms:.2f} ms a step{_by(self.decode_bound_by)}."
        if self.prefill_floor_ms_per_token is not None:
            floor = f"{self.prefill_floor_ms_per_token:.4f} ms a token{_by(self.prefill_bound_by)}"
            yield f"Reading a prompt takes at least {floor}."


@dataclass(frozen=True)
class Place:
    """Where it should fit, and how fast that is; `name` None for a bare amount of memory."""

    available_bytes: int
    name: str | None = None
    rates: Rates = field(default_factory=Rates)

    @classmethod
    def of_card(cls, card: Card) -> Place:
        return cls(card.memory_bytes, card.name, card.rates)


def judge(found: Estimate, place: Place) -> Verdict:
    """Hold an estimate against what there is.

    Raises:
        RequestError: an amount of memory that is not positive.
    """
    inputs, rates, available_bytes = found.inputs, place.rates, place.available_bytes
    shape, scheme = inputs.subject.shape, inputs.scheme
    decode = decode_bound(shape, scheme, rates, inputs.context_tokens, inputs.batch)
    prefill = prefill_bound(shape, scheme, rates)
    longest = largest_context(inputs, available_bytes).context_tokens
    fits = found.total_bytes <= available_bytes
    return Verdict(
        card=place.name,
        rates_source=rates.source or None,
        available_bytes=available_bytes,
        left_bytes=available_bytes - found.total_bytes,
        fits=fits,
        max_context_tokens=longest,
        suggestion=None if fits else suggestion(inputs, available_bytes),
        decode_floor_ms=None if decode.reading_ms is None else decode.floor_ms,
        decode_bound_by=decode.by,
        prefill_floor_ms_per_token=None if prefill.computing_ms is None else prefill.floor_ms,
        prefill_bound_by=prefill.by,
    )


def _by(bound_by: str | None) -> str:
    return "" if bound_by is None else f", bound by {bound_by}"
