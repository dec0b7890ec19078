"""Sums of squares over blocks, in a unit per block, so that none over- or underflows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.formats.blocks import F32, reduce_blocks, scale_blocks
from gpu.formats.number_format import Reach

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Units:
    """A power of two per block [n], above the largest magnitude its scale reaches."""

    exponent: npt.NDArray[np.int32]

    @classmethod
    def of(cls, reach: Reach) -> Units:
        return cls(np.frexp(reach.absmax)[1])

    def magnitudes(self, values: F32) -> F32:
        """|values| in units: flat [n · block]."""
        inverse = np.ldexp(np.float32(1), np.minimum(-self.exponent, 126), dtype=np.float32)
        with np.errstate(over="ignore"):
            return np.abs(scale_blocks(values, inverse))

    def sum_squares(self, magnitudes: F32) -> F64:
        """Σ m² of every block, out of units again: [n · block] -> [n]."""
        sums = reduce_blocks(np.add, np.square(magnitudes), magnitudes.size // self.exponent.size)
        return np.ldexp(sums.astype(np.float64), 2 * self.exponent)

    def largest(self, magnitudes: F32) -> F32:
        """The largest magnitude of every block, out of units again."""
        block = magnitudes.size // self.exponent.size
        largest: F32 = np.ldexp(reduce_blocks(np.maximum, magnitudes, block), self.exponent)
        return largest


def errors(blocks: F32, restored: F32, left_out: npt.NDArray[np.bool_] | None) -> F32:
    """blocks - restored, flat, and 0 for what is left out."""
    difference = blocks - restored
    if left_out is not None:
        difference[left_out] = 0
    return difference.reshape(-1)
