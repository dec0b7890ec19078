"""Which channels of a site stand out.

The channels of one site differ in size as nearly log-normal values do. A channel is an outlier if its largest
magnitude is at least `LEAST_RATIO` times the median channel's, and too large to belong to that distribution:
its logarithm lies σ·√(2·ln n) above the median, which less than one of n normal values is expected to exceed
(Donoho & Johnstone 1994, the universal threshold). σ comes from the quartiles, which a few outliers do not
move. The second condition is what keeps the heavy tail of SwiGLU products over a short prompt from counting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEAST_RATIO = 6.0  # sharing a scale with it costs the median channel log2(6) = 2.6 bits
_NORMAL_QUARTILES = 1.349  # distance between the quartiles of a normal distribution, in σ

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outlier:
    """A channel, its largest magnitude, and that magnitude over the median channel's."""

    channel: int
    value: float
    ratio: float


def rank(absmax: npt.ArrayLike) -> list[Outlier]:
    """The outliers among channels of the given largest magnitudes [channels], largest first.

    Channels that were always zero say nothing about the others' size and are left out of the median. A value
    that is not finite is an outlier of infinite ratio.
    """
    values = _magnitudes(absmax)
    known = values[np.isfinite(values) & (values > 0)]
    median = median_magnitude(values)
    beyond = np.flatnonzero((values > 0) & (values >= _limits(known)))
    order = beyond[np.argsort(-values[beyond], kind="stable")]
    return [
        Outlier(int(channel), float(values[channel]), ratio_to_median(values[channel], median))
        for channel in order
    ]


def outlying(magnitudes: npt.NDArray[np.float32]) -> list[frozenset[int]]:
    """The channels of `rank` for every row of magnitudes [rows, channels], all rows at once."""
    values = magnitudes.astype(np.float64)
    if not (np.isfinite(values) & (values > 0)).all():
        return [frozenset(outlier.channel for outlier in rank(row)) for row in magnitudes]
    beyond = values >= _limits(values)[:, None]
    return [frozenset(np.flatnonzero(row).tolist()) for row in beyond]


def median_magnitude(absmax: npt.ArrayLike) -> float:
    """The median of the finite, non-zero magnitudes; 0 if there are none."""
    values = _magnitudes(absmax)
    known = values[np.isfinite(values) & (values > 0)]
    return float(quantiles(known, 0.5)[0]) if known.size else 0.0


def quantiles(values: npt.NDArray[np.floating], *shares: float) -> F64:
    """The values below which these shares of rows lie, interpolated linearly: [..., values] -> [shares, ...].

    np.quantile gives the same, but imports numpy.ma at its first call: 30 ms of a window's first frame.
    """
    ordered = np.sort(values.astype(np.float64), axis=-1)
    places = np.array(shares) * (ordered.shape[-1] - 1)
    below = np.floor(places).astype(np.intp)
    lower, upper = ordered[..., below], ordered[..., np.ceil(places).astype(np.intp)]
    return np.moveaxis(lower + (upper - lower) * (places - below), -1, 0)


def ratio_to_median(value: float, median: float) -> float:
    """How many times the median a magnitude is; infinite over a median of 0."""
    return float(value) / median if median > 0 else math.inf


def _magnitudes(absmax: npt.ArrayLike) -> F64:
    return np.nan_to_num(np.asarray(absmax, np.float64), nan=np.inf, posinf=np.inf)


def _limits(known: F64) -> F64:
    """The least magnitude of an outlier for each row of finite magnitudes above 0, [..., channels] -> [...]:
    `LEAST_RATIO` medians, and what so many log-normal values of that spread are expected to reach."""
    channels = known.shape[-1]
    if channels == 0:
        return np.zeros(known.shape[:-1])
    lower, middle, upper = quantiles(np.log(known), 0.25, 0.5, 0.75)
    sigma = (upper - lower) / _NORMAL_QUARTILES
    expected = np.exp(np.minimum(middle + sigma * math.sqrt(2 * math.log(channels)), 700))
    limits: F64 = np.maximum(LEAST_RATIO * quantiles(known, 0.5)[0], expected)
    return limits
