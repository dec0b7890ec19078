"""Whether a budget fits a card or an amount of memory, what would instead, and how fast it could be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from app.catalogue import Card
from app.cli.output import size_text
from gpu.budget import Budget, plan
from gpu.fitting import Workspace, largest_fit, no_workspace, suggestion
from gpu.model_shape import ModelShape
from gpu.roofline import speed_floor
from gpu.scheme import Scheme

ALTERNATIVES = ("W8A8", "W4A8")


@dataclass(frozen=True)
class Subject:
    """What is reckoned with: a shape, and its workspace where that is known."""

    shape: ModelShape
    workspace: Workspace = no_workspace

    def plan(self, scheme: Scheme, context_tokens: int, batch: int) -> Budget:
        return plan(self.shape, scheme, context_tokens, batch, self.workspace(scheme, context_tokens))


@dataclass(frozen=True)
class Verdict:
    """`suggestion` is None where it fits, `decode_floor_ms` where no bandwidth is known."""

    card: str | None
    available_bytes: int
    fits: bool
    max_context_tokens: int
    suggestion: str | None
    decode_floor_ms: float | None

    def summary(self) -> dict[str, object]:
        """What the command line prints as JSON."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """The same in words."""
        place = f"{self.card or 'memory'} ({size_text(self.available_bytes)})"
        if self.fits:
            yield f"Fits {place}, with contexts of up to {self.max_context_tokens:,} tokens."
        else:
            yield f"Does not fit {place}: {self.suggestion}"
        if self.decode_floor_ms is not None:
            yield f"Reading weights and a full cache takes at least {self.decode_floor_ms:.2f} ms a token."


def judge(subject: Subject, budget: Budget, available_bytes: int, card: Card | None = None) -> Verdict:
    """Hold a budget against what there is.

    Raises:
        RequestError: an amount of memory that is not positive.
    """
    schemes = [budget.scheme, *(s for s in map(Scheme.parse, ALTERNATIVES) if s != budget.scheme)]
    fits = largest_fit(subject.shape, schemes, available_bytes, budget.batch, subject.workspace)
    bandwidth = card.bandwidth_bytes_per_s if card is not None else None
    floor = speed_floor(subject.shape, budget.scheme, budget.context_tokens, budget.batch, bandwidth)
    does_fit = budget.total_bytes <= available_bytes
    return Verdict(
        card=card.name if card is not None else None,
        available_bytes=available_bytes,
        fits=does_fit,
        max_context_tokens=fits[0].context_tokens,
        suggestion=None if does_fit else suggestion(budget.scheme, budget.context_tokens, fits),
        decode_floor_ms=floor.decode_floor_ms,
    )
