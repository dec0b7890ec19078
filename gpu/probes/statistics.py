"""What is known of a site's channels after some tokens, and how two such findings become one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from gpu.kernels.channel_rows import ABSMAX, FOURTHS, HIGH, LOW, PLACE, SQUARES, SUM
from gpu.probes.ranking import Outlier, median_magnitude, rank

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
U32 = npt.NDArray[np.uint32]
OUTLIER_THRESHOLD = 6.0  # of LLM.int8(), arXiv 2208.07339
MASSIVE_THRESHOLD = 100.0  # of massive activations, arXiv 2402.17762
STATISTICS = ("absmax", "mean_abs", "rms", "kurtosis", "ratio", "share_low", "share_high")


@dataclass(frozen=True, eq=False)
class SiteStatistics:
    """Statistics of one site over `tokens` tokens, [channels] each; never written again.

    `low` and `high` count the tokens at which a channel's magnitude reached the capture's two thresholds,
    `peak` is the index of the token at which it was largest. A value that was not finite makes `absmax`
    infinite or NaN, and the sums with it: it shows.
    """

    site: str
    tokens: int
    absmax: F32 = field(repr=False)
    mean_abs: F32 = field(repr=False)
    rms: F32 = field(repr=False)
    kurtosis: F32 = field(repr=False)  # about zero, n·Σx⁴/(Σx²)²: 1 for ±c, 3 for a normal distribution
    low: U32 = field(repr=False)
    high: U32 = field(repr=False)
    peak: U32 = field(repr=False)

    @cached_property
    def outliers(self) -> tuple[Outlier, ...]:
        """The channels that stand out, largest first."""
        return tuple(rank(self.absmax))

    @cached_property
    def ratio(self) -> F32:
        """Largest magnitudes over the median channel's; 0 where nothing was seen."""
        median = median_magnitude(self.absmax)
        ratios: F32 = (self.absmax / np.float32(median or 1.0)).astype(np.float32)
        return ratios

    @property
    def share_low(self) -> F32:
        return self._share(self.low)

    @property
    def share_high(self) -> F32:
        return self._share(self.high)

    @property
    def non_finite(self) -> npt.NDArray[np.intp]:
        """Channels that held an infinity or NaN."""
        return np.flatnonzero(~np.isfinite(self.absmax))

    def _share(self, counts: U32) -> F32:
        shares: F32 = (counts / np.float32(max(self.tokens, 1))).astype(np.float32)
        return shares


def from_words(site: str, tokens: int, words: U32, first_token: int = 0) -> SiteStatistics:
    """Statistics from the rows that the channel_stats kernel keeps, u32 [ROWS, channels].

    `first_token` is where in the findings the cache's first token would stand: below 0 where tokens were read
    that do not count.
    """
    floats = words.view(np.float32).astype(np.float64)
    count = max(tokens, 1)
    squares = floats[SQUARES] / count
    return SiteStatistics(
        site,
        tokens,
        words[ABSMAX].view(np.float32).copy(),
        (floats[SUM] / count).astype(np.float32),
        np.sqrt(squares).astype(np.float32),
        kurtosis(floats[FOURTHS] / count, squares),
        words[LOW].copy(),
        words[HIGH].copy(),
        np.maximum(words[PLACE].astype(np.int64) + first_token, 0).astype(np.uint32),
    )


def kurtosis(fourths: F64, squares: F64) -> F32:
    """From the means of x⁴ and x²; 0 for a channel that was always zero."""
    with np.errstate(over="ignore", invalid="ignore"):
        both = np.square(squares)
        found = np.divide(fourths, both, out=np.zeros_like(both), where=both != 0)
    return found.astype(np.float32)


def merged(first: SiteStatistics, later: SiteStatistics) -> SiteStatistics:
    """Statistics over the tokens of both, of one site; the sums are added in f64."""
    weights = np.array([first.tokens, later.tokens], np.float64) / max(first.tokens + later.tokens, 1)
    both = first, later
    squares = _mean(weights, *(np.square(s.rms.astype(np.float64)) for s in both))
    fourths = _mean(weights, *(s.kurtosis * np.square(s.rms.astype(np.float64)) ** 2 for s in both))
    bits = [s.absmax.view(np.uint32) for s in both]  # in which NaN is the largest, as on the device
    return SiteStatistics(
        first.site,
        first.tokens + later.tokens,
        np.maximum(*bits).view(np.float32),
        _mean(weights, *(s.mean_abs.astype(np.float64) for s in both)).astype(np.float32),
        np.sqrt(squares).astype(np.float32),
        kurtosis(fourths, squares),
        first.low + later.low,
        first.high + later.high,
        np.where(bits[1] > bits[0], later.peak, first.peak),
    )


def _mean(weights: F64, first: F64, later: F64) -> F64:
    """A side without tokens does not count, whatever it holds."""
    parts = [weight * side for weight, side in zip(weights, (first, later), strict=True) if weight]
    total: F64 = sum(parts, np.zeros_like(first))
    return total
