"""Activations: signed integer codes with, for each block, its scale d and the sum s = d * sum(q).

d = max|x| / q_max,  q = round(x * (q_max / max|x|)), halves away from zero,  q_max = 127 (8 bits) or 7 (4),
all in float32 and in this order, so that a device with correctly rounded division repeats it bit for bit.
Values that share a scale and all lie below 2^-100 count as zeros (d = 0, q = 0), so that q_max / max|x| never
overflows.

The sum makes weights with an offset cheap: sum((q_w - 8) d_w * q d) = d_w * (d * sum(q_w q) - 8 s).

How far one scale reaches is the granularity: `b<N>` blocks of N along the last axis, `token` a row, `tensor`
the whole array. The layout stays the same: scales lie per block of 32 (of 16, 8 or 4 for such an N), and one
that reaches further is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.errors import QuantscopeError
from gpu.formats.blocks import (
    F32,
    padded,
    reduce_blocks,
    round_half_away,
    scale_blocks,
    shared_absmax,
    steps_per_unit,
)
from gpu.formats.granularity import WORD_BLOCK, Granularity

Q_MAX = {8: 127, 4: 7}


@dataclass(frozen=True, eq=False)
class Q8_1Tensor:  # noqa: N801 - the format's own name
    """Quantized activations [T, k]; Kp is k rounded up to a multiple of 32, the padding being zeros."""

    codes: npt.NDArray[np.int8]  # [T, Kp]
    d: F32  # [T, Kp / block]
    s: F32  # [T, Kp / block]
    k: int
    block: int  # values per entry of d and s: 32, or the granularity's N if that is smaller

    @property
    def words(self) -> npt.NDArray[np.uint32]:
        """The codes as the device reads them, uint32 [T, Kp / 4], element 4w in the lowest byte."""
        return self.codes.view(np.uint32)


def bits_per_value(bits: int, granularity: str, tokens: int, channels: int) -> float:
    """Bits of a code and its share of one float32 scale (s follows from the codes and is not counted)."""
    reach = Granularity.of_activations(granularity)
    values = {"token": channels, "tensor": tokens * channels}.get(reach.kind, reach.length)
    return bits + 32 / values


def quantize(activations: npt.ArrayLike, bits: int = 8, granularity: str = "b32") -> Q8_1Tensor:
    """Quantize float32 activations [T, k].

    Raises:
        QuantscopeError: not a matrix, not 4 or 8 bits, an unknown granularity, or values that are not finite.
    """
    if bits not in Q_MAX:
        raise QuantscopeError(f"Activations are quantized to 4 or 8 bits, not {bits}.")
    x, k = padded(activations, WORD_BLOCK)
    reach = Granularity.of_activations(granularity)
    block = min(WORD_BLOCK, reach.length or WORD_BLOCK)
    absmax = shared_absmax(x, reach, block)
    if not np.isfinite(absmax).all():
        raise QuantscopeError("The activations hold NaN or infinity.")
    q_max = np.float32(Q_MAX[bits])
    codes = round_half_away(scale_blocks(x.reshape(-1), steps_per_unit(absmax, q_max))).astype(np.int8)
    d = absmax / q_max
    sums = reduce_blocks(np.add, codes.astype(np.int32), block).reshape(d.shape)
    return Q8_1Tensor(codes.reshape(x.shape), d, d * sums.astype(np.float32), k, block)


def dequantize(tensor: Q8_1Tensor) -> F32:
    """The activations the codes stand for, float32 [T, k]."""
    values = tensor.codes.astype(np.float32)
    flat = values.reshape(-1)
    scale_blocks(flat, tensor.d.reshape(-1), out=flat)
    return values[:, : tensor.k]
