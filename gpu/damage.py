"""What one block scale did to its values.

Symmetric integer grids: d = max|x| / q_max over the values that share a scale, q = round(x / d), with the
very arithmetic the engine rounds activations with (`gpu.formats.q8_1`).

The *field* of a block is its values without the one that set the scale. It is what an outlier ruins, and what
a plain signal-to-noise ratio hides, since the outlier is both most of the signal and exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from gpu.block_grid import BlockGrid, lay_out
from gpu.clipping import ClipSearch
from gpu.formats.blocks import (
    F32,
    block_absmax,
    reduce_blocks,
    round_half_away,
    scale_blocks,
    slabs,
    steps_per_unit,
)
from gpu.formats.integers import format_name, largest_code

F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
SCALE_BITS = 16  # a stored scale is a float16, as in the weight formats


@dataclass(frozen=True, eq=False)
class Damage:
    """Damage block by block, arrays [rows, blocks] over the blocks of `grid`; zeros lose nothing."""

    bits: int
    grid: BlockGrid
    absmax: F32  # largest magnitude in the block itself
    signal: F64  # sum of x^2
    field_signal: F64  # sum of x^2 over the field
    noise: F64  # sum of (x - q d)^2
    max_error: F32  # largest |x - q d|
    levels: I32
    """Codes within reach of the field: 2 r + 1, r being its largest |q|, but 0 for r = 0, where the whole
    field is rounded away and nothing tells its values apart; `max_levels` where it is empty or all zeros."""
    zeroed: I32  # values that were not 0 and became 0

    @property
    def scale(self) -> F32:
        """d, the step of the grid; 0 where all values in reach of the scale are 0."""
        return self.grid.reach_absmax / np.float32(largest_code(self.bits))

    @property
    def max_levels(self) -> int:
        return 2 * largest_code(self.bits) + 1

    @property
    def sqnr_db(self) -> F32:
        """Signal to quantization noise of each block in dB; infinite without noise."""
        return _decibels(self.signal, self.noise)

    @cached_property
    def field_sqnr_db(self) -> F32:
        """The same for each block's field; infinite where the field is empty or all zeros."""
        return _decibels(self.field_signal, np.where(self.field_signal > 0, self.noise, 0))

    @property
    def total_sqnr_db(self) -> float:
        """Signal to quantization noise over all values in dB; infinite without noise."""
        return float(_decibels(self.signal.sum(), self.noise.sum()))

    @property
    def mse(self) -> float:
        return float(self.noise.sum()) / max(self.grid.finite, 1)

    @property
    def max_abs_error(self) -> float:
        return float(self.max_error.max())

    @property
    def zeroed_share(self) -> float:
        """Share of the values that were not 0 and became 0."""
        return int(self.zeroed.sum()) / max(self.grid.finite, 1)

    @property
    def median_levels(self) -> float:
        """Median of `levels` over the blocks whose field is not all zeros; `max_levels` if there is none."""
        levels = self.levels[self.field_signal > 0]
        return float(np.median(levels)) if levels.size else float(self.max_levels)

    @property
    def bits_per_value(self) -> float:
        """Bits of a code and its share of the scales."""
        return self.bits + SCALE_BITS * self.grid.scales / (self.grid.finite + self.grid.non_finite)

    @property
    def worst_block(self) -> tuple[int, int] | None:
        """(row, block) with the lowest signal-to-noise ratio of its field; None if no field lost anything."""
        row, block = divmod(int(self.field_sqnr_db.argmin()), self.grid.shape[1])
        return (row, block) if np.isfinite(self.field_sqnr_db[row, block]) else None

    def summary(self, clip: ClipSearch | None = None) -> dict[str, object]:
        """What the command line prints: JSON types only; an infinite ratio, of exact values, is null.

        `worst_block` counts blocks row by row; `worst_block_at` says which that is.
        """
        worst = self.worst_block
        first = self.grid.first_non_finite
        return {
            "format": format_name(self.bits),
            "granularity": str(self.grid.granularity),
            "sqnr_db": _finite(self.total_sqnr_db),
            "mse": self.mse,
            "max_abs_error": self.max_abs_error,
            "blocks": self.levels.size,
            "block_values": self.grid.block,
            "worst_block": None if worst is None else worst[0] * self.grid.shape[1] + worst[1],
            "worst_block_at": None if worst is None else self.block_summary(*worst),
            "effective_levels_median": self.median_levels,
            "zeroed_share": self.zeroed_share,
            "bits_per_value": self.bits_per_value,
            "non_finite": self.grid.non_finite,
            "first_non_finite": None if first is None else list(first),
            "clip": None if clip is None else {"threshold": clip.threshold, "mse": clip.mse},
        }

    def block_summary(self, row: int, block: int) -> dict[str, object]:
        """One block in JSON types; `first_value` is the index of its first value within the row."""
        at = row, block
        return {
            "row": row,
            "block": block,
            "first_value": block * self.grid.block,
            "absmax": float(self.absmax[at]),
            "scale": float(self.scale[at]),
            "effective_levels": int(self.levels[at]),
            "sqnr_db": _finite(float(self.sqnr_db[at])),
            "field_sqnr_db": _finite(float(self.field_sqnr_db[at])),
        }


def measure(values: npt.ArrayLike, bits: int = 8, granularity: str = "b32") -> Damage:
    """Quantize and compare an array [rows, channels], rows being tokens or output channels, or one row.

    NaN and infinities are excluded and counted. A scale's reach all below 2^-100 counts as zeros, as it does
    in the engine.

    Raises:
        SchemeError: an unknown granularity or width.
        RequestError: an array that is empty, holds no real numbers or has more than two axes.
    """
    q_max = largest_code(bits)
    grid = lay_out(values, granularity)
    parts = zip(*_measure_slabs(grid, q_max), strict=True)
    return Damage(bits, grid, *(np.concatenate(part).reshape(grid.shape) for part in parts))


def _measure_slabs(grid: BlockGrid, q_max: int) -> Iterator[tuple[npt.NDArray[np.generic], ...]]:
    values, reach = grid.values.reshape(-1), grid.reach_absmax.reshape(-1)
    for part in slabs(values.size, grid.block):
        yield _measure_blocks(values[part], reach[part.start // grid.block : part.stop // grid.block], q_max)


def _measure_blocks(values: F32, reach: F32, q_max: int) -> tuple[npt.NDArray[np.generic], ...]:
    """The arrays of Damage, flat. Squares are summed in units of the step, where none over- or underflows."""
    block = values.size // reach.size
    d = reach / np.float32(q_max)
    squared_step = np.square(d.astype(np.float64))
    scaled = scale_blocks(values, steps_per_unit(reach, np.float32(q_max)))
    codes = round_half_away(scaled.copy())
    error = np.abs(scaled - codes)
    absmax = block_absmax(values, block)
    field = _field(np.abs(scaled), absmax == reach, block)
    return (
        absmax,
        squared_step * _sum_squares(scaled, block),
        squared_step * _sum_squares(field, block),
        squared_step * _sum_squares(error, block),
        d * reduce_blocks(np.maximum, error, block),
        _levels(block_absmax(field, block), q_max),
        reduce_blocks(np.add, ((codes == 0) & (values != 0)).astype(np.int32), block),
    )


def _field(magnitudes: F32, holds_setter: npt.NDArray[np.bool_], block: int) -> F32:
    """Magnitudes, with the value that set the scale struck out of the blocks that hold it."""
    blocks = magnitudes.reshape(-1, block)
    rows = np.flatnonzero(holds_setter)
    blocks[rows, blocks.argmax(axis=1)[rows]] = 0
    return magnitudes


def _levels(field_max: F32, q_max: int) -> I32:
    """See `Damage.levels`; `field_max` is the field's largest magnitude in steps."""
    r = round_half_away(field_max.copy()).astype(np.int32)
    levels = np.where(r > 0, 2 * r + 1, 0)
    return np.where(field_max > 0, levels, 2 * q_max + 1).astype(np.int32)


def _sum_squares(values: F32, block: int) -> F64:
    return reduce_blocks(np.add, np.square(values), block).astype(np.float64)


def _decibels(signal: npt.ArrayLike, noise: npt.ArrayLike) -> F32:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(np.asarray(noise) > 0, np.divide(signal, noise), np.inf)
        return (10 * np.log10(ratio)).astype(np.float32)


def _finite(decibels: float) -> float | None:
    return decibels if np.isfinite(decibels) else None
