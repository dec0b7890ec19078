"""ggml's K-quants: blocks of 32 (Q4_K, Q5_K) or 16 (Q6_K) whose scales are themselves quantized, in
super-blocks of 256 with float16 scales. They search the scale of least error instead of reaching the largest
value (`k_search`), the reference way, without an importance matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gpu.formats.blocks import F32, half_scales
from gpu.formats.granularity import Granularity
from gpu.formats.k_search import SMALLEST_BLOCK, AffineSearch, affine_scales, symmetric_scales
from gpu.formats.number_format import Encoded, FormatSpec, Reach

SUPER_BLOCK = 256
_LARGEST_SCALE = np.float32(63)


@dataclass(frozen=True)
class AffineK:
    """x ~ (d s) q - (e m): d, e float16 per 256, s and m of 6 bits per 32, q of `bits`."""

    bits: int
    search: AffineSearch

    @cached_property
    def spec(self) -> FormatSpec:
        return FormatSpec(
            name=f"q{self.bits}_k",
            label=f"Q{self.bits}_K",
            code_bits=self.bits,
            scale_bits=16,  # twice 6 bits a block of 32 and twice 16 a super-block
            levels=1 << self.bits,
            granularity=Granularity("block", 32),
            centred=False,
            fixed=True,
            unit=SUPER_BLOCK,
            searches=True,
        )

    def encode(self, blocks: F32, reach: Reach) -> Encoded:  # noqa: ARG002 - it looks at the values instead
        scales, lows = affine_scales(np.ascontiguousarray(blocks.T), self.search)
        scale, low = _six_bits(scales), _six_bits(lows)
        with np.errstate(divide="ignore", invalid="ignore"):
            codes = np.rint((blocks + low[:, None]) / scale[:, None])
        codes = np.clip(codes, 0, np.float32(self.search.largest))
        codes[scale == 0] = 0
        return Encoded(codes, codes * scale[:, None] - low[:, None], scale, -low)


class Q6K:
    """x ~ d s q: d a float16 per 256, s of 8 bits per 16, q in -32 … 31."""

    spec = FormatSpec(
        name="q6_k",
        label="Q6_K",
        code_bits=6,
        scale_bits=9,  # 8 bits a block of 16 and 16 a super-block
        levels=64,
        granularity=Granularity("block", 16),
        fixed=True,
        unit=SUPER_BLOCK,
        searches=True,
    )

    def encode(self, blocks: F32, reach: Reach) -> Encoded:  # noqa: ARG002 - it looks at the values instead
        scales = symmetric_scales(np.ascontiguousarray(blocks.T), 32).reshape(-1, SUPER_BLOCK // 16)
        peak = np.take_along_axis(scales, np.abs(scales).argmax(axis=1)[:, None], axis=1)
        peak[np.abs(peak) < SMALLEST_BLOCK] = 0
        with np.errstate(divide="ignore", invalid="ignore"):
            inverse = np.where(peak != 0, np.float32(-128) / peak, np.float32(0))
            outer = half_scales(np.where(peak != 0, np.float32(1) / inverse, np.float32(0)))
        d = (outer.astype(np.float32) * np.minimum(np.rint(inverse * scales), np.float32(127))).reshape(-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            codes = np.clip(np.rint(blocks / d[:, None]), -32, 31)
        codes[d == 0] = 0
        restored = codes * d[:, None]
        return Encoded(codes * np.sign(d)[:, None], restored, np.abs(d))


def _six_bits(values: F32) -> F32:
    """Scales or lows of blocks [n] as 6 bits and one float16 per super-block restore them."""
    per_super = values.reshape(-1, SUPER_BLOCK // 32)
    peak = np.maximum(per_super.max(axis=1), np.float32(0))
    inverse = np.divide(_LARGEST_SCALE, peak, out=np.zeros_like(peak), where=peak > 0)
    codes = np.minimum(np.rint(inverse[:, None] * per_super), _LARGEST_SCALE)
    outer = half_scales(peak / _LARGEST_SCALE).astype(np.float32)
    restored: F32 = outer[:, None] * codes
    return restored.reshape(-1)


Q4K_SEARCH = AffineSearch(largest=15, first=-1.0, steps=20)
Q5K_SEARCH = AffineSearch(largest=31, first=-0.5, steps=15)
