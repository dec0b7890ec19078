"""One block under the lens: its values, the grid they land on, and what another scale would do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.block_map import BlockMap
from gpu.damage_stream import RowSource
from gpu.formats.blocks import F32
from gpu.formats.number_format import Encoded, NumberFormat, Reach

_PROBES = 4097
_CURVE = 2.0 ** (-np.arange(97) / 16)  # from the largest magnitude down to 1/64 of it


@dataclass(frozen=True, eq=False)
class Sample:
    """A block's values [n] and what is needed to quantize it: the blocks of its unit, and which it is."""

    values: F32
    blocks: F32
    index: int
    reach: Reach
    format: NumberFormat

    @property
    def top(self) -> float:
        """The largest magnitude its scale reaches."""
        return float(np.abs(self.reach.peak[self.index]))

    @property
    def setter(self) -> int | None:
        """The value that set the scale; None if it lies in another block."""
        at = int(np.abs(self.values).argmax())
        return at if abs(float(self.values[at])) == self.top else None


@dataclass(frozen=True, eq=False)
class BlockLook:
    """`restored` [n] under a scale that reaches to `threshold`; `grid` are all values it can hold, rising."""

    threshold: float
    restored: F32
    grid: F32
    scale: float
    mse: float


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """Mean squared error of the block against the threshold; the least one is `best`."""

    thresholds: npt.NDArray[np.float64]
    errors: npt.NDArray[np.float64]

    @property
    def best(self) -> tuple[float, float]:
        at = int(self.errors.argmin())
        return float(self.thresholds[at]), float(self.errors[at])


def take_sample(source: RowSource, blocks: BlockMap, row: int, block: int) -> Sample:
    """Read one block, and the others of its unit."""
    spec, length = blocks.rounding.format.spec, blocks.block
    per_unit = max(spec.unit // length, 1)
    first = block // per_unit * per_unit
    line = _line(source, blocks, row)
    part = line[first * length : (first + per_unit) * length]
    padded = np.pad(part, (0, per_unit * length - part.size)).reshape(per_unit, length)
    start = row * blocks.shape[1] + first
    reach = blocks.reach.part(slice(start, start + per_unit))
    own = line[block * length : (block + 1) * length]
    return Sample(own, padded, block - first, reach, blocks.rounding.format)


def look(sample: Sample, threshold: float | None = None) -> BlockLook:
    """Quantize the block, with its scale reaching to `threshold` (None: as far as it does)."""
    threshold = sample.top if threshold is None else threshold
    encoded = _encoded(sample, sample.blocks, threshold)
    restored = encoded.restored[sample.index][: sample.values.size]
    error = (sample.values - restored).astype(np.float64)
    return BlockLook(
        threshold=threshold,
        restored=restored,
        grid=_grid(sample, encoded, threshold),
        scale=float(encoded.scale[sample.index]),
        mse=float(np.square(error).mean()),
    )


def error_curve(sample: Sample) -> ErrorCurve | None:
    """None for a format that searches its scale itself, or values that are all zeros."""
    if sample.format.spec.searches or sample.top == 0:
        return None
    thresholds = sample.top * _CURVE[::-1]
    return ErrorCurve(thresholds, np.array([look_error(sample, float(t)) for t in thresholds]))


def look_error(sample: Sample, threshold: float) -> float:
    """Mean squared error of the block at a threshold."""
    restored = _encoded(sample, sample.blocks, threshold).restored[sample.index][: sample.values.size]
    return float(np.square((sample.values - restored).astype(np.float64)).mean())


def _encoded(sample: Sample, blocks: F32, threshold: float) -> Encoded:
    if sample.format.spec.searches:
        return sample.format.encode(blocks, sample.reach)
    limit = np.float32(threshold)
    return sample.format.encode(np.clip(blocks, -limit, limit), _limited(sample.reach, threshold))


def _limited(reach: Reach, threshold: float) -> Reach:
    """The reach clipped; its whole stays, since a second scale per tensor is not the block's to change."""
    clipped = reach.clipped(threshold)
    return Reach(clipped.low, clipped.high, clipped.peak, reach.whole)


def _grid(sample: Sample, encoded: Encoded, threshold: float) -> F32:
    """Every value the block could hold: what a dense row of values lands on."""
    if sample.format.spec.searches:
        codes = np.arange(sample.format.spec.levels, dtype=np.float32)
        if encoded.zero is None:  # the larger half of the codes is below zero, or above for a negative scale
            half = np.float32(sample.format.spec.levels // 2)
            codes -= half - np.float32(encoded.codes[sample.index].max() == half)
        zero = 0 if encoded.zero is None else encoded.zero[sample.index]
        ticks: F32 = (codes * encoded.scale[sample.index] + zero).astype(np.float32)
        return ticks
    line = np.linspace(-threshold, threshold, _PROBES, dtype=np.float32)[None]
    own = sample.reach.part(slice(sample.index, sample.index + 1))
    landed: F32 = np.unique(sample.format.encode(line, _limited(own, threshold)).restored)
    return landed


def _line(source: RowSource, blocks: BlockMap, row: int) -> F32:
    """The row of the map's grid: a row of the matrix, or a column where scales are per channel."""
    if blocks.rounding.granularity.kind == "channel":
        line = source.read_f32()[:, row]
    else:
        line = source.read_f32(slice(row, row + 1))[0]
    return np.where(np.isfinite(line), line, np.float32(0)).astype(np.float32)
