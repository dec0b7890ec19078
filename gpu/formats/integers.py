"""Integer formats by name: `int4` is the codes -7 … 7, `int4-affine` 0 … 15 and a zero point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gpu.errors import SchemeError
from gpu.formats.blocks import F32, TINY, reciprocal, round_half_away, scale_blocks, steps_per_unit
from gpu.formats.granularity import Granularity
from gpu.formats.number_format import Encoded, FormatSpec, Reach

INTEGER_BITS = (2, 3, 4, 5, 6, 8)
SCALE_BITS = 16  # a stored scale is a float16, as in the weight formats


def largest_code(bits: int) -> int:
    """q_max of a symmetric integer format: 2^(bits - 1) - 1.

    Raises:
        SchemeError: not a width codes come in.
    """
    if bits not in INTEGER_BITS:
        raise SchemeError(f"Codes have {', '.join(map(str, INTEGER_BITS))} bits, not {bits}.")
    return (1 << (bits - 1)) - 1


@dataclass(frozen=True)
class SymmetricInt:
    """d = max|x| / q_max, q = round(x / d), halves away from zero: what the engine does to activations."""

    bits: int

    @cached_property
    def spec(self) -> FormatSpec:
        levels = 2 * largest_code(self.bits) + 1
        name = f"int{self.bits}"
        return FormatSpec(name, name, self.bits, SCALE_BITS, levels, Granularity("block", 32))

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        q_max = np.float32(largest_code(self.bits))
        absmax = reach.absmax
        absmax[absmax < TINY] = 0
        d = absmax / q_max
        codes = scale_blocks(blocks.reshape(-1), steps_per_unit(absmax, q_max))
        round_half_away(np.clip(codes, -q_max, q_max, out=codes))
        restored = scale_blocks(codes, d)
        return Encoded(codes.reshape(blocks.shape), restored.reshape(blocks.shape), d)


@dataclass(frozen=True)
class AffineInt:
    """s = (max - min) / (2^bits - 1) over a range that includes 0, z = round(-min / s), x ~ (q - z) s.

    The zero point is a code, so zero stays exact; halves round away from zero.
    """

    bits: int

    @cached_property
    def spec(self) -> FormatSpec:
        return FormatSpec(
            name=f"int{self.bits}-affine",
            label=f"int{self.bits} affine",
            code_bits=self.bits,
            scale_bits=SCALE_BITS + self.bits,
            levels=1 << self.bits,
            granularity=Granularity("block", 32),
            centred=False,
        )

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        top = np.float32((1 << self.bits) - 1)
        low: F32 = np.minimum(reach.low, np.float32(0))
        high: F32 = np.maximum(reach.high, np.float32(0))
        scale: F32 = np.divide(high, top) - np.divide(low, top)
        scale[scale < TINY] = 0
        inverse = reciprocal(scale)
        zero = round_half_away(-low * inverse)
        codes = round_half_away(scale_blocks(blocks.reshape(-1), inverse)).reshape(blocks.shape)
        codes += zero[:, None]
        np.clip(codes, 0, top, out=codes)
        return Encoded(codes, (codes - zero[:, None]) * scale[:, None], scale, -zero * scale)
