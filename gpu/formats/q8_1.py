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
from gpu.formats.blocks import F32, block_absmax, padded, reduce_blocks, round_half_away, scale_blocks

BLOCK = 32
Q_MAX = {8: 127, 4: 7}
SMALLEST = np.float32(2.0**-100)


@dataclass(frozen=True)
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
    return bits + 32 / min(block_length(granularity, tokens, channels), tokens * channels)


def block_length(granularity: str, tokens: int, channels: int) -> int:
    """How many values share a scale.

    Raises:
        QuantscopeError: not a granularity of this format.
    """
    if granularity == "token":
        return channels
    if granularity == "tensor":
        return tokens * channels
    length = int(granularity[1:]) if granularity[:1] == "b" and granularity[1:].isdecimal() else 0
    if length < 4 or (BLOCK % length and length % BLOCK):
        raise QuantscopeError(
            f"'{granularity}' is no granularity of activations: write token, tensor or b<N>, N being 4, 8, "
            "16 or a multiple of 32."
        )
    return length


def quantize(activations: npt.ArrayLike, bits: int = 8, granularity: str = "b32") -> Q8_1Tensor:
    """Quantize float32 activations [T, k].

    Raises:
        QuantscopeError: not a matrix, not 4 or 8 bits, an unknown granularity, or values that are not finite.
    """
    if bits not in Q_MAX:
        raise QuantscopeError(f"Activations are quantized to 4 or 8 bits, not {bits}.")
    x, k = padded(activations, BLOCK)
    block = min(BLOCK, block_length(granularity, *x.shape))
    absmax = _reach_absmax(x, granularity, block)
    if not np.isfinite(absmax).all():
        raise QuantscopeError("The activations hold NaN or infinity.")
    absmax[absmax < SMALLEST] = 0
    codes = _encode(x, absmax, np.float32(Q_MAX[bits]))
    d = absmax / np.float32(Q_MAX[bits])
    sums = reduce_blocks(np.add, codes.reshape(-1).astype(np.int32), block).reshape(d.shape)
    return Q8_1Tensor(codes, d, d * sums.astype(np.float32), k, block)


def dequantize(tensor: Q8_1Tensor) -> F32:
    """The activations the codes stand for, float32 [T, k]."""
    values = tensor.codes.astype(np.float32)
    flat = values.reshape(-1)
    scale_blocks(flat, tensor.d.reshape(-1), out=flat)
    return values[:, : tensor.k]


def _reach_absmax(x: F32, granularity: str, block: int) -> F32:
    """Largest magnitude within each scale's reach, repeated for every block: [T, Kp] -> [T, Kp / block]."""
    absmax = block_absmax(x.reshape(-1), block).reshape(len(x), -1)
    if granularity == "tensor":
        return np.full_like(absmax, absmax.max(initial=0))
    width = absmax.shape[1]
    span = width if granularity == "token" else block_length(granularity, *x.shape) // block
    if span <= 1:
        return absmax
    starts = np.arange(0, width, span)
    return np.repeat(np.maximum.reduceat(absmax, starts, axis=1), span, axis=1)[:, :width]


def _encode(x: F32, absmax: F32, q_max: np.float32) -> npt.NDArray[np.int8]:
    with np.errstate(divide="ignore"):
        inverse = np.where(absmax > 0, q_max / absmax, np.float32(0))
    scaled = scale_blocks(x.reshape(-1), inverse.reshape(-1))
    return round_half_away(scaled).astype(np.int8).reshape(x.shape)
