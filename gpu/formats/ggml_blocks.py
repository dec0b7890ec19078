"""ggml's formats of one scale a block: Q4_0, Q4_1, Q8_0, and q8_1 as the engine holds activations.

Codes are found with the float32 scale and restored with the float16 one that is stored, as ggml does.
"""

from __future__ import annotations

import numpy as np

from gpu.formats.blocks import F32, half_scales, reciprocal, round_half_away, scale_blocks
from gpu.formats.granularity import Granularity
from gpu.formats.integers import SymmetricInt
from gpu.formats.number_format import Encoded, FormatSpec, Reach

_B32 = Granularity("block", 32)


class Q4_0:  # noqa: N801 - the format's own name
    """d = (signed value of largest magnitude) / -8, q = min(15, trunc(x / d + 8.5)), x ~ (q - 8) d."""

    spec = FormatSpec("q4_0", "Q4_0", 4, 16, 16, _B32)

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        d = reach.peak / np.float32(-8)
        shifted = blocks * reciprocal(d)[:, None]
        shifted += np.float32(8.5)
        codes = np.trunc(np.clip(shifted, 0, np.float32(15), out=shifted), out=shifted)
        codes -= np.float32(8)
        stored = half_scales(d).astype(np.float32)
        restored = codes * stored[:, None]
        # A negative scale turns the order of the codes round; codes here are in the order of the values.
        codes *= np.sign(d)[:, None]
        return Encoded(codes, restored, np.abs(stored))


class Q4_1:  # noqa: N801 - the format's own name
    """d = (max - min) / 15, q = min(15, trunc((x - min) / d + 0.5)), x ~ q d + min."""

    spec = FormatSpec("q4_1", "Q4_1", 4, 32, 16, _B32, centred=False)

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        d = (reach.high - reach.low) / np.float32(15)
        codes = (blocks - reach.low[:, None]) * reciprocal(d)[:, None]
        codes += np.float32(0.5)
        np.trunc(np.clip(codes, 0, np.float32(15), out=codes), out=codes)
        scale, low = (half_scales(stored).astype(np.float32) for stored in (d, reach.low))
        return Encoded(codes, codes * scale[:, None] + low[:, None], scale, low)


class Q8_0:  # noqa: N801 - the format's own name
    """d = max|x| / 127, q = round(x / d), halves away from zero."""

    spec = FormatSpec("q8_0", "Q8_0", 8, 16, 255, _B32)

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        d = reach.absmax / np.float32(127)
        codes = scale_blocks(blocks.reshape(-1), reciprocal(d))
        round_half_away(np.clip(codes, -127, 127, out=codes))
        stored = half_scales(d).astype(np.float32)
        restored = scale_blocks(codes, stored)
        return Encoded(codes.reshape(blocks.shape), restored.reshape(blocks.shape), stored)


class Q8_1:  # noqa: N801 - the format's own name
    """The engine's activations: int8 codes under float32 scales. Their sums follow from the codes."""

    spec = FormatSpec("q8_1", "q8_1", 8, 32, 255, _B32)

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        return SymmetricInt(8).encode(blocks, reach)
