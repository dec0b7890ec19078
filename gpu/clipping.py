"""Where to clip: T* = argmin over T of the mean squared error of values clipped to ±T and then quantized."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.block_grid import BlockGrid, lay_out
from gpu.errors import RequestError
from gpu.formats.family import choose_granularity, encodable_slabs, find_format
from gpu.formats.number_format import NumberFormat
from gpu.noise import Units, errors

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


def search_clip(
    values: npt.ArrayLike, number_format: NumberFormat | str = "int8", granularity: str | None = "b32"
) -> ClipSearch:
    """Try thresholds from the largest magnitude down, coarsely and then around the best.

    Not clipping at all is among them, so the error is never above that of plain rounding. A block whose
    values all lie within ±T keeps its own smaller scale.

    Raises:
        SchemeError, RequestError: as `gpu.damage.measure` does, and for a format that searches by itself.
    """
    chosen = find_format(number_format) if isinstance(number_format, str) else number_format
    if chosen.spec.searches:
        raise RequestError(f"{chosen.spec.label} looks for the best scale itself; it is not clipped.")
    grid = lay_out(values, choose_granularity(chosen, granularity), chosen.spec.unit)
    top = grid.reach.whole
    coarse = top * _COARSE
    errors = clip_errors(grid, chosen, coarse)
    fine = coarse[errors.argmin()] * _FINE
    fine = fine[fine < top]
    thresholds = np.concatenate([coarse, fine])
    errors = np.concatenate([errors, clip_errors(grid, chosen, fine)])
    order = thresholds.argsort(kind="stable")
    thresholds, errors = thresholds[order], errors[order]
    best = int(errors.argmin())
    return ClipSearch(float(thresholds[best]), float(errors[best]), thresholds, errors)


def clip_errors(grid: BlockGrid, number_format: NumberFormat, thresholds: Sequence[float] | F64) -> F64:
    """Mean squared error at every threshold, one cache-sized slab of values at a time."""
    sums = np.zeros(len(thresholds))
    left_out = None if grid.left_out is None else grid.left_out.reshape(-1, grid.block)
    start = 0
    for blocks, reach in encodable_slabs(grid, number_format):
        stop = start + len(blocks)
        units, skipped = Units.of(reach), None if left_out is None else left_out[start:stop]
        for i, threshold in enumerate(thresholds):
            limit = np.float32(threshold)
            restored = number_format.encode(np.clip(blocks, -limit, limit), reach.clipped(threshold)).restored
            error = units.magnitudes(errors(blocks, restored, skipped))
            sums[i] += units.sum_squares(error).sum()
        start = stop
    return sums / max(grid.finite, 1)
