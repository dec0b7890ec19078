"""Small floats under a scale: FP8 with a float32 one, the OCP microscaling formats, NVFP4."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gpu.formats.blocks import F32, TINY, reciprocal
from gpu.formats.granularity import Granularity
from gpu.formats.mini_float import E2M1, E4M3, MiniFloat
from gpu.formats.number_format import Encoded, FormatSpec, Reach

_E8M0_LIMIT = 127  # a shared scale is 2^-127 … 2^127


@dataclass(frozen=True)
class ScaledFloat:
    """s = max|x| / (largest element), a float32; x ~ element(x / s) s."""

    name: str
    element: MiniFloat

    @cached_property
    def spec(self) -> FormatSpec:
        levels = 2 * self.element.largest_code + 1
        return FormatSpec(self.name, self.name.upper(), 8, 32, levels, Granularity("token"))

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        absmax = reach.absmax
        absmax[absmax < TINY] = 0
        scale = absmax / np.float32(self.element.largest)
        return _under(self.element, blocks, scale)


@dataclass(frozen=True)
class Microscaled:
    """Shared scale 2^e, e = floor(log2 max|x|) - e_max of the element, per 32 (OCP MX v1.0, section 6.3)."""

    name: str
    element: MiniFloat
    code_bits: int

    @cached_property
    def spec(self) -> FormatSpec:
        levels = 2 * self.element.largest_code + 1
        b32 = Granularity("block", 32)
        return FormatSpec(self.name, self.name.upper(), self.code_bits, 8, levels, b32)

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        absmax = reach.absmax
        floor_log2 = np.frexp(absmax)[1] - 1
        exponent = np.where(absmax > 0, floor_log2 - self.element.largest_exponent, -_E8M0_LIMIT)
        exponent = np.clip(exponent, -_E8M0_LIMIT, _E8M0_LIMIT)
        codes, rounded = self.element.round(np.ldexp(blocks, -exponent[:, None]))
        return Encoded(
            codes, np.ldexp(rounded, exponent[:, None]), np.ldexp(np.float32(1), exponent, dtype=np.float32)
        )


class NvFp4:
    """E2M1 elements, an E4M3 scale per 16 and a float32 one per tensor: t = max|x| / (6 · 448) over all,
    s = E4M3(max|x| / 6 / t) over the block, x ~ E2M1(x / (s t)) s t."""

    spec = FormatSpec("nvfp4", "NVFP4", 4, 8, 15, Granularity("block", 16), tensor_bits=32)

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        tensor_scale = np.float32(reach.whole) / np.float32(E2M1.largest * E4M3.largest)
        if tensor_scale < TINY:
            tensor_scale = np.float32(0)
        wanted = reach.absmax / np.float32(E2M1.largest) * reciprocal(np.array([tensor_scale], np.float32))
        _, block_scale = E4M3.round(wanted)
        return _under(E2M1, blocks, block_scale * tensor_scale)


def _under(element: MiniFloat, blocks: F32, scale: F32) -> Encoded:
    codes, rounded = element.round(blocks * reciprocal(scale)[:, None])
    return Encoded(codes, rounded * scale[:, None], scale)
