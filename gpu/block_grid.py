"""Any array laid out in the blocks its scales see: what damage and clipping are measured on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.errors import RequestError
from gpu.formats.blocks import F32, padded, shared_absmax
from gpu.formats.granularity import WORD_BLOCK, Granularity


@dataclass(frozen=True, eq=False)
class BlockGrid:
    """Values in blocks, rows × blocks, with the largest magnitude that each block's scale has to reach.

    Where scales reach `b<N>` the blocks are theirs; where one reaches further, blocks of 32 show where it did
    what. For granularity `channel` the values are transposed: rows are channels, blocks run along the tokens.
    NaN and infinities are replaced by zeros and counted.
    """

    values: F32  # [rows, blocks * block], each row padded with zeros
    reach_absmax: F32  # [rows, blocks]
    block: int
    granularity: Granularity
    finite: int  # values that count: neither padding nor NaN nor infinite
    scales: int  # scales stored for them
    non_finite: int
    first_non_finite: tuple[int, int] | None  # (row, column) in the array as given

    @property
    def shape(self) -> tuple[int, int]:
        rows, blocks = self.reach_absmax.shape
        return rows, blocks


def lay_out(values: npt.ArrayLike, granularity: str) -> BlockGrid:
    """Cut an array [rows, channels], or one row [channels], of any real dtype into blocks.

    Raises:
        SchemeError: an unknown granularity.
        RequestError: an empty array, one of more than two axes, or one that holds no real numbers.
    """
    reach = Granularity.parse(granularity)
    matrix = _real_matrix(np.asarray(values))
    bad = ~np.isfinite(matrix)
    non_finite = int(bad.sum())
    first = None
    if non_finite:
        row, column = divmod(int(bad.argmax()), matrix.shape[1])
        first = (row, column)
        matrix = np.where(bad, np.float32(0), matrix)
    if reach.kind == "channel":
        matrix = matrix.T
    rows, channels = matrix.shape
    block = min(reach.length or WORD_BLOCK, channels)
    padded_values, _ = padded(matrix, block)
    return BlockGrid(
        values=padded_values,
        reach_absmax=shared_absmax(padded_values, reach, block),
        block=block,
        granularity=reach,
        finite=matrix.size - non_finite,
        scales=_scale_count(reach, rows, channels),
        non_finite=non_finite,
        first_non_finite=first,
    )


def _scale_count(reach: Granularity, rows: int, channels: int) -> int:
    if reach.kind == "tensor":
        return 1
    return rows * -(-channels // reach.length) if reach.kind == "block" else rows


def _real_matrix(array: npt.NDArray[np.generic]) -> F32:
    if array.dtype.kind not in "fiub":
        raise RequestError(f"An array of {array.dtype} holds no real numbers to quantize.")
    if array.size == 0 or array.ndim not in (1, 2):
        raise RequestError(f"Expected rows of values to quantize and got an array of shape {array.shape}.")
    with np.errstate(over="ignore"):
        return np.atleast_2d(array.astype(np.float32, copy=False))
