"""4-bit groups with zero points as AWQ and GPTQ write them: w ~ (q - z) s, s a float16, q and z in 0 … 15.

Both round halves to even, as their tools do. They differ in the range: GPTQ's includes zero, AWQ's is that of
the group, so that a group whose values share a sign may not be reached at all. Codes here are those under the
stored, that is rounded, scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gpu.formats.blocks import F32, half_scales, reciprocal
from gpu.formats.granularity import Granularity
from gpu.formats.number_format import Encoded, FormatSpec, Reach

_TOP = np.float32(15)
_AWQ_SMALLEST_SPAN = np.float32(1e-5)


@dataclass(frozen=True)
class ZeroPointGroups:
    """`method` is "awq" or "gptq"; groups of 128 unless another granularity is asked for."""

    method: str

    @cached_property
    def spec(self) -> FormatSpec:
        return FormatSpec(
            name=self.method,
            label=f"{self.method.upper()} 4-bit",
            code_bits=4,
            scale_bits=16 + 4,
            levels=16,
            granularity=Granularity("block", 128),
            centred=False,
        )

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        low, high = reach.low, reach.high
        if self.method == "gptq":
            low, high = np.minimum(low, np.float32(0)), np.maximum(high, np.float32(0))
            span: F32 = np.where(high > low, high - low, np.float32(1))
        else:
            span = np.maximum(high - low, _AWQ_SMALLEST_SPAN)
        scale = half_scales(np.divide(span, _TOP)).astype(np.float32)
        inverse = reciprocal(scale)
        zero = np.clip(-np.rint(low * inverse), 0, _TOP)
        codes = np.clip(np.rint(blocks * inverse[:, None]) + zero[:, None], 0, _TOP)
        return Encoded(codes, (codes - zero[:, None]) * scale[:, None], scale, -zero * scale)
