"""How ggml's K-quants look for a block's scale: weighted least squares around a set of trial roundings.

Blocks are columns here, x [n, B] float32, so that every sum runs over a block's values in ggml's own order
and gives its very bits. Codes round halves to even.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.formats.blocks import F32

SMALLEST_BLOCK = np.float32(1e-15)  # ggml takes a block below this for zeros
_TRIALS = tuple(trial for trial in range(-9, 10) if trial)


@dataclass(frozen=True)
class AffineSearch:
    """Trials scale (first + 0.1 i + largest code) / (max - min) for i in 0 … steps."""

    largest: int
    first: float
    steps: int


def ordered_sum(terms: F32) -> F32:
    """Sum over axis 0, one row after the other, in float32: [n, B] -> [B]."""
    total: F32 = terms[0].copy()
    for row in terms[1:]:
        total += row
    return total


def affine_scales(x: F32, search: AffineSearch) -> tuple[F32, F32]:
    """Scale and the negated minimum, both >= 0, of every block: x [n, B] -> [B], [B].

    Errors are weighted by |x| + the block's root mean square.
    """
    weights = np.sqrt(ordered_sum(x * x) / np.float32(len(x))) + np.abs(x)
    sum_w, sum_x = ordered_sum(weights), ordered_sum(weights * x)
    low, high = np.minimum(x.min(axis=0), np.float32(0)), x.max(axis=0)
    flat = low == high
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = np.float32(1) / (np.float32(search.largest) / (high - low))
        codes = _codes(x, low, np.float32(search.largest) / (high - low), search.largest)
        best = _weighted_error(x, codes, scale, low, weights)
        for i in range(search.steps + 1):
            trial = np.float32(search.first) + np.float32(0.1) * np.float32(i) + np.float32(search.largest)
            codes = _codes(x, low, trial / (high - low), search.largest)
            fit_scale, fit_low, solvable = _fit(x, codes, weights, sum_w, sum_x)
            error = _weighted_error(x, codes, fit_scale, fit_low, weights)
            better = solvable & (error < best)
            best, scale, low = (
                np.where(better, new, old) for new, old in ((error, best), (fit_scale, scale), (fit_low, low))
            )
    return np.where(flat, np.float32(0), scale), -low


def symmetric_scales(x: F32, largest: int) -> F32:
    """Signed scale of codes -largest … largest - 1 of every block, errors weighted by x²: [n, B] -> [B]."""
    peak = np.take_along_axis(x, np.abs(x).argmax(axis=0)[None], axis=0)[0]
    weights = x * x
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        dots, squares = _products(x, weights, np.float32(-largest) / peak, largest)
        scale = np.where(squares > 0, dots / squares, np.float32(0))
        best = scale * dots
        for trial in _TRIALS:
            reach = np.float32(largest) + np.float32(0.1) * np.float32(trial)
            dots, squares = _products(x, weights, -reach / peak, largest)
            better = (squares > 0) & (dots * dots > best * squares)
            scale = np.where(better, dots / squares, scale)
            best = np.where(better, scale * dots, best)
    return np.where(np.abs(peak) < SMALLEST_BLOCK, np.float32(0), scale)


def _codes(x: F32, low: F32, inverse: F32, largest: int) -> F32:
    return np.clip(np.rint(inverse * (x - low)), 0, np.float32(largest))


def _weighted_error(x: F32, codes: F32, scale: F32, low: F32, weights: F32) -> F32:
    difference = scale * codes + low - x
    return ordered_sum(weights * (difference * difference))


def _fit(x: F32, codes: F32, weights: F32, sum_w: F32, sum_x: F32) -> tuple[F32, F32, npt.NDArray[np.bool_]]:
    """Least squares of x over scale · codes + low with low <= 0, and where that has a solution."""
    weighted = weights * codes
    sum_l, sum_l2, sum_xl = (ordered_sum(terms) for terms in (weighted, weighted * codes, weighted * x))
    determinant = sum_w * sum_l2 - sum_l * sum_l
    scale: F32 = np.divide(sum_w * sum_xl - sum_x * sum_l, determinant)
    low: F32 = np.divide(sum_l2 * sum_x - sum_l * sum_xl, determinant)
    positive = low > 0
    through_zero: F32 = np.divide(sum_xl, sum_l2)
    scale = np.where(positive, through_zero, scale)
    return scale, np.where(positive, np.float32(0), low), determinant > 0


def _products(x: F32, weights: F32, inverse: F32, largest: int) -> tuple[F32, F32]:
    codes = np.clip(np.rint(inverse * x), -largest, largest - 1)
    return ordered_sum(weights * x * codes), ordered_sum(weights * codes * codes)
