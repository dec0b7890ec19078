"""One protocol for quantizing values and looking at what came back, whatever the format.

A format sees blocks [n, length] of values and, for every block, what its scale has to reach (`Reach`), which
may be more than the block: a scale per row or per tensor is looked at block by block too. So a tensor of any
size passes through in slabs, and one set of measures serves them all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from gpu.formats.blocks import F32
from gpu.formats.granularity import Granularity


@dataclass(frozen=True, eq=False)
class Reach:
    """What the scale of every block serves, float32 [n] each.

    `peak` is the signed value of largest magnitude, the first of equals; `whole` the largest magnitude of the
    array, which formats with a second scale per tensor need.
    """

    low: F32
    high: F32
    peak: F32
    whole: float

    @property
    def absmax(self) -> F32:
        return np.abs(self.peak)

    def part(self, blocks: slice) -> Reach:
        """The entries of some of the blocks."""
        return Reach(self.low[blocks], self.high[blocks], self.peak[blocks], self.whole)

    def clipped(self, threshold: float) -> Reach:
        """The reach of the same values clipped to ±`threshold`."""
        limit = np.float32(threshold)
        low, high, peak = (np.clip(bound, -limit, limit) for bound in (self.low, self.high, self.peak))
        return Reach(low, high, peak, min(self.whole, threshold))


@dataclass(frozen=True, eq=False)
class Encoded:
    """Blocks after quantization.

    `codes` are whole numbers in the order of the values they stand for, held as float32 [n, length];
    `restored` what they stand for; `scale` the step between neighbouring codes, or what multiplies the
    entries of a table, [n]; `zero` the value of code 0 where that is not 0, [n].
    """

    codes: F32
    restored: F32
    scale: F32
    zero: F32 | None = None


@dataclass(frozen=True)
class FormatSpec:
    """What is known of a format before it meets a value.

    `levels` counts its codes; `centred` says that they lie around a code for zero, the same number on both
    sides but for one. `scale_bits` are stored for every scale, `tensor_bits` once. Where `fixed`, scales come
    as `granularity` says and in no other way. Rows are padded to whole `unit`s. `searches` marks formats
    that look for the scale of least error by themselves.
    """

    name: str
    label: str
    code_bits: int
    scale_bits: int
    levels: int
    granularity: Granularity
    centred: bool = True
    fixed: bool = False
    unit: int = 1
    tensor_bits: int = 0
    searches: bool = False

    def bits_per_value(self, values: int, scales: int) -> float:
        """Bits of a code and its share of what is stored beside the codes."""
        return self.code_bits + (self.scale_bits * scales + self.tensor_bits) / values

    def named(self, name: str, label: str) -> FormatSpec:
        return replace(self, name=name, label=label)


class NumberFormat(Protocol):
    """Quantization to one format, to nearest as its specification says."""

    @property
    def spec(self) -> FormatSpec: ...

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        """Quantize finite blocks [n, length]; values beyond `reach` saturate.

        Raises:
            QuantscopeError: a scale does not fit the type the format stores it in.
        """
        ...
