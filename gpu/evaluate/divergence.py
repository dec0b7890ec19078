"""How far a scheme's next-token distributions stray from a reference's, position by position.

KL(p ‖ q) = Σ p ln(p/q) in nats, p being the reference's softmax and q the scheme's, as the tool of llama.cpp
measures it (tools/perplexity, --kl-divergence): over the same tokens, with the share of positions where both
put the same token first, and Δp, what the scheme gave to the token that really came less what the reference
gave. Arithmetic is f64 from the f32 logits on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gpu.errors import Cancelled, RequestError
from gpu.evaluate.perplexity import LogitSource

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Cancel = Callable[[], bool]
PERCENTILES = (0.1, 1, 5, 10, 50, 90, 95, 99, 99.9)


@dataclass(frozen=True)
class Position:
    """One position: KL in nats, both probabilities of the token that came, and whether the tops agree."""

    kl_nats: float
    reference_probability: float
    scheme_probability: float
    same_top: bool


@dataclass(frozen=True, eq=False)
class Divergence:
    """Many positions, arrays [positions]; at least one."""

    kl_nats: F64 = field(repr=False)
    reference_probability: F64 = field(repr=False)
    scheme_probability: F64 = field(repr=False)
    same_top: npt.NDArray[np.bool_] = field(repr=False)

    @classmethod
    def of(cls, positions: Sequence[Position]) -> Divergence:
        """Raises RequestError for none."""
        if not positions:
            raise RequestError("There is nothing to compare; give at least two tokens.")
        return cls(
            np.array([p.kl_nats for p in positions]),
            np.array([p.reference_probability for p in positions]),
            np.array([p.scheme_probability for p in positions]),
            np.array([p.same_top for p in positions]),
        )

    @property
    def mean_kl(self) -> float:
        return float(self.kl_nats.mean())

    @property
    def same_top_share(self) -> float:
        return float(self.same_top.mean())

    @property
    def first_divergence(self) -> int | None:
        """The first position at which greedy decoding would have gone another way."""
        return None if self.same_top.all() else int(np.argmin(self.same_top))

    @property
    def delta_p(self) -> F64:
        """Scheme less reference, -1 … 1 [positions]."""
        return self.scheme_probability - self.reference_probability

    @property
    def rms_delta_p(self) -> float:
        return float(np.sqrt(np.square(self.delta_p).mean()))

    @property
    def perplexity_ratio(self) -> float:
        """exp of the mean of ln(p/q) over the tokens that came; infinite if the scheme gave one nothing."""
        with np.errstate(divide="ignore", over="ignore"):
            nats = np.log(self.reference_probability) - np.log(self.scheme_probability)
            return float(np.exp(nats.mean()))


def percentiles(values: F64) -> dict[float, float]:
    """Value at every one of `PERCENTILES`, interpolated linearly; infinite values are the largest."""
    with np.errstate(invalid="ignore"):
        found = np.percentile(values, PERCENTILES)  # not a number between a finite value and infinity
    return dict(zip(PERCENTILES, np.where(np.isnan(found), np.inf, found).tolist(), strict=True))


def compare(reference: F32, scheme: F32, target: int) -> Position:
    """One position from both logits, f32 [vocabulary]; `target` is the token that came.

    Logits that are not finite belong to a broken model: its distance is infinite.
    """
    with np.errstate(invalid="ignore"):
        p, q = log_softmax(reference), log_softmax(scheme)
        p_target, q_target = float(np.exp(p[target])), float(np.exp(q[target]))
        np.subtract(p, q, out=q)
        q *= np.exp(p, out=p)
        kl = float(q.sum())
    if not np.isfinite(kl):
        return Position(np.inf, p_target, float(np.nan_to_num(q_target)), same_top=False)
    return Position(max(0.0, kl), p_target, q_target, bool(np.argmax(reference) == np.argmax(scheme)))


def log_softmax(logits: F32) -> F64:
    """ln softmax of f32 [vocabulary], in f64."""
    shifted = logits.astype(np.float64)
    shifted -= shifted.max()
    shifted -= np.log(np.exp(shifted).sum())
    return shifted


def compare_rows(
    reference: Iterable[F32], scheme: Iterable[F32], targets: Iterable[int]
) -> Iterator[Position]:
    """Position by position from two streams of logits, of which never more than a few rows exist."""
    for p, q, target in zip(reference, scheme, targets, strict=True):
        yield compare(p, q, target)


def measure_divergence(
    reference: LogitSource,
    scheme: LogitSource,
    ids: Sequence[int],
    window_tokens: int,
    progress: Callable[[int], None] = lambda _done: None,
    cancel: Cancel = lambda: False,
) -> Divergence:
    """Compare two models on a text, in windows that each start from an empty cache (see perplexity).

    Raises:
        RequestError: fewer than two tokens, or a window of fewer.
        Cancelled: `cancel` said so.
    """
    if len(ids) < 2 or window_tokens < 2:
        raise RequestError("A comparison needs at least two tokens, in windows of at least two.")
    found: list[Position] = []
    for start in range(0, len(ids), window_tokens):
        window = ids[start : start + window_tokens]
        ours, theirs = (_text_rows(model, window, cancel) for model in (reference, scheme))
        for done, position in enumerate(compare_rows(ours, theirs, window[1:]), start + 1):
            found.append(position)
            progress(done)
            if cancel():
                raise Cancelled
    return Divergence.of(found)


def _text_rows(model: LogitSource, window: Sequence[int], cancel: Cancel) -> Iterator[F32]:
    """Logits after every token of a window but the last."""
    model.rewind(0)
    for rows in model.all_logits(window[:-1], cancel):
        yield from rows
