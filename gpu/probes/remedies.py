"""What can be done about spikes, applied to captured values, and how many levels a grid then leaves the rest.

SmoothQuant (arXiv 2211.10438) moves magnitude into the weights: x / s with s = max|x|^α / max|w|^(1−α). A
Hadamard rotation (QuaRot, arXiv 2404.00456) spreads a channel over all; widths that are no power of two
are rotated in blocks of the largest power that divides them. Clipping cuts values at ±T. The weights take
the inverse of the first two, so that the product stays the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.damage import measure
from gpu.damage_totals import decibels
from gpu.errors import RequestError

F32 = npt.NDArray[np.float32]
GRIDS = ("tensor", "token", "b32")


@dataclass(frozen=True)
class Remedy:
    """`smoothing` is SmoothQuant's α, `clip` the threshold T; None leaves a remedy out."""

    smoothing: float | None = None
    rotates: bool = False
    clip: float | None = None

    def __post_init__(self) -> None:
        if self.smoothing is not None and not 0 <= self.smoothing <= 1:
            raise RequestError(f"α must be between 0 and 1, not {self.smoothing}.")
        if self.clip is not None and not (math.isfinite(self.clip) and self.clip > 0):
            raise RequestError(f"A clipping threshold must be a positive number, not {self.clip}.")


@dataclass(frozen=True)
class LevelsLeft:
    """Of one grid, over its blocks of 32: the median of the codes within reach of a block's values but
    for the one that set the scale, how many codes there are, and those values' signal-to-noise ratio in
    dB."""

    grid: str
    levels: float
    of_levels: int
    field_sqnr_db: float


def apply(values: F32, remedy: Remedy, weight_absmax: F32 | None = None) -> F32:
    """values [tokens, channels] as a remedy leaves them: smoothed, then rotated, then clipped.

    Raises:
        RequestError: smoothing without the weights' magnitudes.
    """
    x = values
    if remedy.smoothing is not None:
        if weight_absmax is None:
            raise RequestError("Smoothing needs the weights that read this site; open the model.")
        x = x / smoothing_factors(np.abs(x).max(axis=0), weight_absmax, remedy.smoothing)
    if remedy.rotates:
        x = rotated(x)
    if remedy.clip is not None:
        x = np.clip(x, -remedy.clip, remedy.clip)
    return x.astype(np.float32)


def smoothing_factors(absmax: F32, weight_absmax: F32, alpha: float) -> F32:
    """s [channels]; 1 for a channel that is zero on either side."""
    x, w = absmax.astype(np.float64), weight_absmax.astype(np.float64)
    factors = np.divide(x**alpha, w ** (1 - alpha), out=np.ones_like(x), where=(x > 0) & (w > 0))
    return factors.astype(np.float32)


def rotation_width(channels: int) -> int:
    """The largest power of two that divides the number of channels."""
    return channels & -channels


def rotated(values: F32) -> F32:
    """values [tokens, channels] times a normalised Hadamard matrix, by the fast transform."""
    width = rotation_width(values.shape[1])
    x = values.astype(np.float64).reshape(-1, width)
    half = 1
    while half < width:
        pairs = x.reshape(len(x), -1, 2, half)
        x = np.stack([pairs[:, :, 0] + pairs[:, :, 1], pairs[:, :, 0] - pairs[:, :, 1]], axis=2)
        x = x.reshape(-1, width)
        half *= 2
    turned: F32 = (x / math.sqrt(width)).reshape(values.shape).astype(np.float32)
    return turned


def levels_left(values: F32, bits: int = 8) -> list[LevelsLeft]:
    """What one scale for everything, one a token and one for every 32 channels leave of values [tokens,
    channels]."""
    return [_left(values, grid, bits) for grid in GRIDS]


def _left(values: F32, grid: str, bits: int) -> LevelsLeft:
    damage = measure(values, f"int{bits}", grid)
    field_db = float(decibels(damage.field_signal.sum(), damage.field_noise.sum()))
    return LevelsLeft(grid, damage.median_levels, damage.max_levels, field_db)
