"""The damage of arrays of any size, a part at a time: memory stays bounded, and a scale that reaches beyond
the part is found in a pass of its own before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from math import lcm
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from gpu.block_grid import lay_out, real_matrix, scale_count, widest
from gpu.damage import Damage, measure_grid
from gpu.damage_totals import DamageTotals
from gpu.errors import Cancelled, RequestError
from gpu.formats.blocks import F32
from gpu.formats.family import choose_granularity
from gpu.formats.granularity import WORD_BLOCK, Granularity
from gpu.formats.number_format import FormatSpec, NumberFormat, Reach

PART_VALUES = 1 << 22  # 16 MiB of f32, and a few times that while it is looked at
SAMPLE_VALUES = 1 << 21


class RowSource(Protocol):
    """A matrix that is read by rows, such as a checkpoint's tensor."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    def read_f32(self, rows: slice | None = None) -> F32: ...


@dataclass(frozen=True, eq=False)
class ArrayRows:
    """An array in memory, or mapped into it, as rows; one of a single axis is one row.

    Raises:
        RequestError: when made of an array that is empty, holds no real numbers or has more than two axes.
    """

    array: npt.NDArray[Any]

    def __post_init__(self) -> None:
        real_matrix(self.array[..., :1] if self.array.ndim and self.array.size else self.array)

    @property
    def shape(self) -> tuple[int, ...]:
        return (1, *self.array.shape)[-2:]

    def read_f32(self, rows: slice | None = None) -> F32:
        return real_matrix(np.atleast_2d(self.array)[rows or slice(None)])


@dataclass(frozen=True)
class Watch:
    """What whoever waits wants to know: `progress(values done, values in all)`, `part(damage, first row)`.

    `part` sees the damage block by block, in order, and must not keep it: it holds the values.
    """

    progress: Callable[[int, int], None] = lambda _done, _total: None
    cancel: Callable[[], bool] = lambda: False
    part: Callable[[Damage, int], None] = lambda _damage, _row: None


def measure_rows(
    source: RowSource, number_format: NumberFormat, granularity: str | None = None, watch: Watch | None = None
) -> DamageTotals:
    """`gpu.damage.measure` for a matrix of any height, in one pass over it or two.

    Raises:
        SchemeError: a granularity this format cannot have.
        RequestError: a source without values.
        Cancelled: `watch.cancel` said so.
    """
    watch = watch or Watch()
    if 0 in source.shape:
        raise RequestError(f"Expected rows of values to quantize and got a shape of {source.shape}.")
    reach, spec = choose_granularity(number_format, granularity), number_format.spec
    known = _outline(source, reach, watch) if _looks_ahead(reach, spec) else None
    totals = []
    for first, matrix in _parts(source, watch):
        damage = measure_grid(lay_out(matrix, reach, spec.unit, known), number_format)
        watch.part(damage, first)
        totals.append(_placed(damage.totals, reach, first))
        watch.progress(min(first + len(matrix), source.shape[0]), source.shape[0])
    return _closed(reduce(DamageTotals.joined, totals), reach, source.shape, spec)


def sample_rows(source: RowSource, values: int = SAMPLE_VALUES) -> F32:
    """About `values` values in whole rows, evenly over the matrix; all of it if it is no larger."""
    rows, width = source.shape
    wanted = max(values // max(width, 1), 1)
    if wanted >= rows:
        return source.read_f32()
    picked = np.linspace(0, rows - 1, wanted).astype(int)
    return np.concatenate([source.read_f32(slice(row, row + 1)) for row in picked])


def _looks_ahead(reach: Granularity, spec: FormatSpec) -> bool:
    return reach.kind in ("tensor", "channel") or spec.tensor_bits > 0


def _parts(source: RowSource, watch: Watch) -> Iterator[tuple[int, F32]]:
    """(first row, rows) in parts of whole blocks of 32 rows, so that blocks along a channel stay whole."""
    rows, width = source.shape
    step = max(PART_VALUES // max(width, 1) // WORD_BLOCK, 1) * WORD_BLOCK
    for first in range(0, rows, step):
        if watch.cancel():
            raise Cancelled
        yield first, source.read_f32(slice(first, min(first + step, rows)))


def _outline(source: RowSource, granularity: Granularity, watch: Watch) -> Reach:
    """The reach of the whole: one entry, or one for every column where scales are per channel."""
    columns = (_column_reach(matrix) for _, matrix in _parts(source, watch))
    return reduce(_union, columns if granularity.kind == "channel" else map(widest, columns))


def _column_reach(matrix: F32) -> Reach:
    matrix = np.where(np.isfinite(matrix), matrix, np.float32(0))
    peak = matrix[np.abs(matrix).argmax(axis=0), np.arange(matrix.shape[1])]
    return Reach(matrix.min(axis=0), matrix.max(axis=0), peak, float(np.abs(peak).max(initial=0)))


def _union(one: Reach, other: Reach) -> Reach:
    peak = np.where(np.abs(other.peak) > np.abs(one.peak), other.peak, one.peak)
    low, high = np.minimum(one.low, other.low), np.maximum(one.high, other.high)
    return Reach(low, high, peak, max(one.whole, other.whole))


def _placed(totals: DamageTotals, granularity: Granularity, first: int) -> DamageTotals:
    """A part's figures, in the rows and blocks of the whole."""
    if granularity.kind == "channel":
        return totals.moved(0, first, first // WORD_BLOCK)
    return totals.moved(first)


def _closed(
    totals: DamageTotals, granularity: Granularity, shape: tuple[int, ...], spec: FormatSpec
) -> DamageTotals:
    """Scales that parts share are counted once, and blocks numbered over the whole."""
    rows, width = shape[::-1] if granularity.kind == "channel" else shape
    padded = -(-width // lcm(totals.block, spec.unit)) * lcm(totals.block, spec.unit)
    return replace(
        totals,
        scales=scale_count(granularity, rows, padded if spec.unit > 1 else width),
        blocks_per_row=padded // totals.block,
    )
