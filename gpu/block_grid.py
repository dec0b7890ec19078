"""Any array laid out in the blocks its scales see: what damage and clipping are measured on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.errors import RequestError
from gpu.formats.blocks import F32, padded, reduce_blocks, signed_peaks, slabs
from gpu.formats.granularity import WORD_BLOCK, Granularity
from gpu.formats.number_format import Reach


@dataclass(frozen=True, eq=False)
class BlockGrid:
    """Values in blocks, rows × blocks, with what each block's scale has to reach.

    Where scales reach `b<N>` the blocks are theirs; where one reaches further, blocks of 32 show where it did
    what. For granularity `channel` the values are transposed: rows are channels, blocks run along the tokens.
    NaN and infinities are replaced by zeros and counted.
    """

    values: F32  # [rows, blocks * block], each row padded with zeros
    reach: Reach  # flat, [rows * blocks]
    block: int
    granularity: Granularity
    width: int  # values of a row before the padding
    scales: int  # scales stored for them
    non_finite: int
    first_non_finite: tuple[int, int] | None  # (row, column) in the array as given
    left_out: npt.NDArray[np.bool_] | None = None  # [rows, blocks * block], None if nothing was

    @property
    def shape(self) -> tuple[int, int]:
        rows, width = self.values.shape
        return rows, width // self.block

    @property
    def finite(self) -> int:
        """Values that count: neither padding nor NaN nor infinite."""
        return len(self.values) * self.width - self.non_finite

    def as_given(self, flat: F32) -> F32:
        """What was computed value by value [rows · blocks · block], in the shape of the array as given."""
        matrix = flat.reshape(self.values.shape)[:, : self.width]
        return matrix.T if self.granularity.kind == "channel" else matrix


def lay_out(
    values: npt.ArrayLike, granularity: Granularity, unit: int = 1, known: Reach | None = None
) -> BlockGrid:
    """Cut an array [rows, channels], or one row [channels], of any real dtype into blocks.

    Rows are padded to whole `unit`s, a multiple of the block's length. Where the array is a part of a larger
    one, `known` is the larger one's reach: of one entry for every column for `channel`, else of one.

    Raises:
        RequestError: an empty array, one of more than two axes, or one that holds no real numbers.
    """
    matrix = real_matrix(np.asarray(values))
    bad = ~np.isfinite(matrix)
    non_finite, first = int(bad.sum()), None
    if non_finite:
        row, column = divmod(int(bad.argmax()), matrix.shape[1])
        first = (row, column)
        matrix = np.where(bad, np.float32(0), matrix)
    if granularity.kind == "channel":
        matrix, bad = matrix.T, bad.T
    rows, channels = matrix.shape
    block = min(granularity.length or WORD_BLOCK, channels) if unit == 1 else granularity.length
    padded_values, _ = padded(matrix, max(block, unit))
    missing = padded_values.shape[1] - channels
    return BlockGrid(
        values=padded_values,
        reach=_reach(padded_values, granularity, block, known),
        block=block,
        granularity=granularity,
        width=channels,
        scales=scale_count(granularity, rows, padded_values.shape[1] if unit > 1 else channels),
        non_finite=non_finite,
        first_non_finite=first,
        left_out=np.pad(bad, ((0, 0), (0, missing)), constant_values=True) if non_finite or missing else None,
    )


def block_reach(values: F32, block: int) -> Reach:
    """The reach of blocks that each have a scale of their own: flat [n] -> [n / block]."""
    high, low = reduce_blocks(np.maximum, values, block), reduce_blocks(np.minimum, values, block)
    peak = signed_peaks(values, high, low, block)
    return Reach(low, high, peak, float(np.abs(peak).max()))


def widest(reach: Reach) -> Reach:
    """One entry that reaches all that `reach` does."""
    peak = reach.peak[np.abs(reach.peak).argmax()]
    return Reach(reach.low.min(keepdims=True), reach.high.max(keepdims=True), peak.reshape(1), reach.whole)


def scale_count(granularity: Granularity, rows: int, channels: int) -> int:
    """Scales that an array has (of its transpose, where they are per channel)."""
    if granularity.kind == "tensor":
        return 1
    return rows * -(-channels // granularity.length) if granularity.kind == "block" else rows


def _reach(values: F32, granularity: Granularity, block: int, known: Reach | None) -> Reach:
    """Each block's own reach, widened to that of its scale."""
    flat, rows = values.reshape(-1), values.shape[0]
    own = _joined([block_reach(flat[part], block) for part in slabs(flat.size, block)])
    if granularity.kind in ("block", "token"):
        shared = own if granularity.kind == "block" else _per_row(own, rows)
    elif known is not None:
        shared = known
    else:
        shared = widest(own) if granularity.kind == "tensor" else _per_row(own, rows)
    repeats = own.low.size // shared.low.size
    low, high, peak = (np.repeat(bound, repeats) for bound in (shared.low, shared.high, shared.peak))
    return Reach(low, high, peak, own.whole if known is None else known.whole)


def _joined(parts: list[Reach]) -> Reach:
    low, high, peak = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "high", "peak")
    )
    return Reach(low, high, peak, max(part.whole for part in parts))


def _per_row(own: Reach, rows: int) -> Reach:
    low, high, peak = (bound.reshape(rows, -1) for bound in (own.low, own.high, own.peak))
    first = np.abs(peak).argmax(axis=1)
    return Reach(low.min(axis=1), high.max(axis=1), peak[np.arange(rows), first], own.whole)


def real_matrix(array: npt.NDArray[np.generic]) -> F32:
    """Any real array of one or two axes as float32 [rows, channels].

    Raises:
        RequestError: it is empty, has more axes, or holds no real numbers.
    """
    if array.dtype.kind not in "fiub":
        raise RequestError(f"An array of {array.dtype} holds no real numbers to quantize.")
    if array.size == 0 or array.ndim not in (1, 2):
        raise RequestError(f"Expected rows of values to quantize and got an array of shape {array.shape}.")
    with np.errstate(over="ignore"):
        return np.atleast_2d(array.astype(np.float32, copy=False))
