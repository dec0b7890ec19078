"""Where to clip: T* = argmin over T of the mean squared error of values clipped to ±T and then quantized."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.block_grid import BlockGrid, lay_out
from gpu.formats.blocks import F32, round_half_away, scale_blocks, slabs, steps_per_unit
from gpu.formats.integers import largest_code

F64 = npt.NDArray[np.float64]
_COARSE = 2.0 ** (-np.arange(41) / 4)  # the largest magnitude down to 1/1024 of it
_FINE = 2.0 ** (np.arange(-7, 8) / 32)  # around the best of those


@dataclass(frozen=True, eq=False)
class ClipSearch:
    """The best threshold, its error, and the curve they were found on (thresholds rising)."""

    threshold: float
    mse: float
    thresholds: F64
    errors: F64


def search_clip(values: npt.ArrayLike, bits: int = 8, granularity: str = "b32") -> ClipSearch:
    """Try thresholds from the largest magnitude down, coarsely and then around the best.

    Not clipping at all is among them, so the error is never above that of plain rounding. A block whose
    values all lie within ±T keeps its own smaller scale.

    Raises:
        SchemeError, RequestError: as `lay_out` and `largest_code` do.
    """
    q_max = largest_code(bits)
    grid = lay_out(values, granularity)
    top = float(grid.reach_absmax.max())
    coarse = top * _COARSE
    errors = _errors(grid, q_max, coarse)
    fine = coarse[errors.argmin()] * _FINE
    fine = fine[fine < top]
    thresholds = np.concatenate([coarse, fine])
    errors = np.concatenate([errors, _errors(grid, q_max, fine)])
    order = thresholds.argsort(kind="stable")
    thresholds, errors = thresholds[order], errors[order]
    best = int(errors.argmin())
    return ClipSearch(float(thresholds[best]), float(errors[best]), thresholds, errors)


def _errors(grid: BlockGrid, q_max: int, thresholds: F64) -> F64:
    """Mean squared error at every threshold, one cache-sized slab of values at a time."""
    values, absmax = grid.values.reshape(-1), grid.reach_absmax.reshape(-1)
    sums = np.zeros(len(thresholds))
    for part in slabs(values.size, grid.block):
        blocks = absmax[part.start // grid.block : part.stop // grid.block]
        for i, threshold in enumerate(thresholds):
            sums[i] += _squared_error(values[part], np.minimum(blocks, np.float32(threshold)), q_max)
    return sums / max(grid.finite, 1)


def _squared_error(values: F32, absmax: F32, q_max: int) -> float:
    scaled = scale_blocks(values, steps_per_unit(absmax, np.float32(q_max)))
    codes = round_half_away(np.clip(scaled, -q_max, q_max))
    scaled -= codes
    by_block = scaled.reshape(absmax.size, -1)
    steps = np.einsum("bn,bn->b", by_block, by_block)
    return float(np.square(absmax.astype(np.float64) / q_max) @ steps)
