"""What one block scale did to its values.

The *field* of a block is its values without the one that set the scale. It is what an outlier ruins, and what
a plain signal-to-noise ratio hides, since the outlier is both most of the signal and nearly exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from gpu.block_grid import BlockGrid, lay_out
from gpu.clipping import ClipSearch
from gpu.damage_totals import DamageTotals, decibels
from gpu.formats.blocks import F32, block_absmax, reduce_blocks
from gpu.formats.family import choose_granularity, encodable_slabs, find_format
from gpu.formats.number_format import Encoded, FormatSpec, NumberFormat, Reach
from gpu.noise import Units, errors

F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
_MEDIAN_VALUES = 1 << 20


@dataclass(frozen=True, eq=False)
class Damage:
    """Damage block by block, arrays [rows, blocks] over the blocks of `grid`; zeros lose nothing."""

    spec: FormatSpec
    grid: BlockGrid
    scale: F32  # the step of the grid; 0 where all values in reach of the scale are 0
    absmax: F32  # largest magnitude in the block itself
    signal: F64  # sum of x^2
    noise: F64  # sum of (x - restored)^2
    field_signal: F64  # the same over the field
    field_noise: F64
    max_error: F32  # largest |x - restored|
    levels: I32
    """Codes within reach of the field. For codes centred on zero 2 r + 1, r being its largest |code|, but 0
    for r = 0, where the whole field is rounded away and nothing tells its values apart; for others the codes
    from its smallest to its largest, but 0 where it is on a single one that is not exact; `max_levels` where
    the field is empty or all zeros."""
    zeroed: I32  # values that were not 0 and became 0

    @property
    def max_levels(self) -> int:
        return self.spec.levels

    @property
    def sqnr_db(self) -> F32:
        """Signal to quantization noise of each block in dB; infinite without noise."""
        return decibels(self.signal, self.noise)

    @cached_property
    def field_sqnr_db(self) -> F32:
        """The same for each block's field; infinite where the field is empty or all zeros."""
        return decibels(self.field_signal, np.where(self.field_signal > 0, self.field_noise, 0))

    @cached_property
    def absmax_to_median(self) -> F32:
        """Largest magnitude over the median one of each block; infinite where most of a block is zeros."""
        block, width = self.grid.block, self.grid.width
        medians = _medians(self.grid.values.reshape(-1, block)).reshape(self.grid.shape)
        whole, rest = divmod(width, block)
        if rest:  # the padding is no part of the last block, and what follows it has no values
            medians[:, whole] = _medians(self.grid.values[:, whole * block : width])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratio = self.absmax / medians
        return np.where(self.absmax > 0, ratio, np.float32(1))

    @property
    def zeroed_share_by_block(self) -> F32:
        first = np.arange(self.grid.shape[1]) * self.grid.block
        held = np.clip(self.grid.width - first, 1, self.grid.block)
        return (self.zeroed / held).astype(np.float32)

    @property
    def bits_per_value(self) -> float:
        """Bits of a code and its share of the scales."""
        return self.spec.bits_per_value(self.grid.finite + self.grid.non_finite, self.grid.scales)

    @property
    def worst_block(self) -> tuple[int, int] | None:
        """(row, block) with the lowest signal-to-noise ratio of its field; None if no field lost anything."""
        row, block = divmod(int(self.field_sqnr_db.argmin()), self.grid.shape[1])
        return (row, block) if np.isfinite(self.field_sqnr_db[row, block]) else None

    @cached_property
    def totals(self) -> DamageTotals:
        worst = self.worst_block
        return DamageTotals(
            spec=self.spec,
            granularity=self.grid.granularity,
            block=self.grid.block,
            values=self.grid.finite + self.grid.non_finite,
            scales=self.grid.scales,
            signal=float(self.signal.sum()),
            noise=float(self.noise.sum()),
            max_error=float(self.max_error.max()),
            zeroed=int(self.zeroed.sum()),
            levels=np.bincount(self.levels[self.field_signal > 0], minlength=self.max_levels + 1),
            blocks=self.levels.size,
            blocks_per_row=self.grid.shape[1],
            worst=None if worst is None else self.block_summary(*worst),
            non_finite=self.grid.non_finite,
            first_non_finite=self.grid.first_non_finite,
        )

    def summary(self, clip: ClipSearch | None = None) -> dict[str, object]:
        """What the command line prints; see `DamageTotals.summary`."""
        return self.totals.summary(clip)

    @property
    def total_sqnr_db(self) -> float:
        return self.totals.sqnr_db

    @property
    def mse(self) -> float:
        return self.totals.mse

    @property
    def max_abs_error(self) -> float:
        return self.totals.max_error

    @property
    def zeroed_share(self) -> float:
        return self.totals.zeroed_share

    @property
    def median_levels(self) -> float:
        return self.totals.median_levels

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


def measure(
    values: npt.ArrayLike, number_format: NumberFormat | str = "int8", granularity: str | None = "b32"
) -> Damage:
    """Quantize and compare an array [rows, channels], rows being tokens or output channels, or one row.

    NaN and infinities are excluded and counted. `granularity` None is the format's own.

    Raises:
        SchemeError: an unknown format, an unknown granularity or one the format cannot have.
        RequestError: an array that is empty, holds no real numbers or has more than two axes.
        QuantscopeError: a scale does not fit the type it is stored in.
    """
    chosen = find_format(number_format) if isinstance(number_format, str) else number_format
    return measure_grid(lay_out(values, choose_granularity(chosen, granularity), chosen.spec.unit), chosen)


def measure_grid(grid: BlockGrid, number_format: NumberFormat) -> Damage:
    """Quantize and compare what is laid out already."""
    parts = []
    skipped = None if grid.left_out is None else grid.left_out.reshape(-1, grid.block)
    start = 0
    for blocks, reach in encodable_slabs(grid, number_format):
        stop = start + len(blocks)
        left_out = None if skipped is None else skipped[start:stop]
        encoded = number_format.encode(blocks, reach)
        parts.append(_compare(blocks, reach, encoded, left_out, number_format.spec))
        start = stop
    arrays = (np.concatenate(part).reshape(grid.shape) for part in zip(*parts, strict=True))
    return Damage(number_format.spec, grid, *arrays)


def _compare(
    blocks: F32, reach: Reach, encoded: Encoded, left_out: npt.NDArray[np.bool_] | None, spec: FormatSpec
) -> tuple[npt.NDArray[np.generic], ...]:
    """The arrays of Damage, flat."""
    units, values, block = Units.of(reach), blocks.reshape(-1), blocks.shape[1]
    error = units.magnitudes(errors(blocks, encoded.restored, left_out))
    magnitudes = units.magnitudes(values)
    absmax = block_absmax(values, block)
    zeroed = (encoded.restored.reshape(-1) == 0) & (values != 0)
    whole = units.sum_squares(magnitudes), units.sum_squares(error), units.largest(error)
    codes = _strike_setters(magnitudes, error, encoded.codes, absmax == reach.absmax)
    field_signal, field_noise = units.sum_squares(magnitudes), units.sum_squares(error)
    levels = _levels(codes, block_absmax(magnitudes, block), field_noise, spec)
    counted = reduce_blocks(np.add, zeroed.astype(np.int32), block)
    signal, noise, max_error = whole
    return encoded.scale, absmax, signal, noise, field_signal, field_noise, max_error, levels, counted


def _strike_setters(magnitudes: F32, error: F32, codes: F32, holds_setter: npt.NDArray[np.bool_]) -> F32:
    """Take the value that set the scale out of the blocks that hold it, in place; the codes of the field.

    Its code becomes that of its neighbour, which is in the field already.
    """
    block = codes.shape[1]
    rows = np.flatnonzero(holds_setter)
    at = magnitudes.reshape(-1, block).argmax(axis=1)[rows]
    for array in (magnitudes, error):
        array.reshape(-1, block)[rows, at] = 0
    codes[rows, at] = codes[rows, (at + 1) % block]
    return codes


def _medians(blocks: F32) -> F32:
    """The upper median magnitude of every row."""
    middle, rows = blocks.shape[1] // 2, max(_MEDIAN_VALUES // blocks.shape[1], 1)
    parts = [
        np.partition(np.abs(blocks[i : i + rows]), middle, axis=1)[:, middle]
        for i in range(0, len(blocks), rows)
    ]
    return np.concatenate(parts)


def _levels(codes: F32, field_max: F32, field_noise: F64, spec: FormatSpec) -> I32:
    """See `Damage.levels`; `field_max` is 0 where the field is empty or all zeros."""
    flat, block = codes.reshape(-1), codes.shape[1]
    if spec.centred:
        r = block_absmax(flat, block)
        levels = np.where(r > 0, np.minimum(2 * r + 1, spec.levels), 0)
    else:
        span = reduce_blocks(np.maximum, flat, block) - reduce_blocks(np.minimum, flat, block)
        levels = np.where(span > 0, span + 1, np.where(field_noise > 0, 0, spec.levels))
    return np.where(field_max > 0, levels, spec.levels).astype(np.int32)


def _finite(ratio_db: float) -> float | None:
    return ratio_db if np.isfinite(ratio_db) else None
