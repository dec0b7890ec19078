"""Symmetric 4-bit weights in groups of 32, 64 or 128 along the last axis, one float16 scale a group.

d = (signed value of largest magnitude) / -8,  q = min(15, trunc(x / d + 8.5)),  w ~ (q - 8) * d:
the rule of ggml's Q4_0 (equal to it, scale and codes, at group 32), in float32 throughout.

Canonical codes, uint32 [N, Kp / 8]: in word w, byte j holds element 8w + j in its low nibble and element
8w + 4 + j in its high nibble, so `word & 0x0f0f0f0f` is elements 8w … 8w+3 as bytes, ready for dot4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.formats.blocks import (
    F32,
    check_group,
    half_scales,
    padded,
    reciprocal,
    scale_blocks,
    signed_block_peaks,
    slabs,
)

LOW_NIBBLES = np.uint32(0x0F0F0F0F)


@dataclass(frozen=True, eq=False)
class Q4Tensor:
    """A quantized matrix [N, k]; Kp is k rounded up to whole groups, the padding being zeros (code 8)."""

    codes: npt.NDArray[np.uint32]  # [N, Kp / 8]
    scales: npt.NDArray[np.float16]  # [N, Kp / group]
    k: int
    group: int


def bits_per_weight(group: int) -> float:
    """4 bits and a share of the group's 16-bit scale."""
    return 4 + 16 / group


def quantize(weights: npt.ArrayLike, group: int = 32) -> Q4Tensor:
    """Quantize a float32 matrix [N, k].

    Raises:
        QuantscopeError: not a matrix, an unknown group, or values not finite or too large for a scale.
    """
    check_group(group)
    x, k = padded(weights, group)
    (rows, width), flat = x.shape, x.reshape(-1)
    codes = np.empty(flat.size // 8, np.uint32)
    scales = np.empty(flat.size // group, np.float16)
    for part in slabs(flat.size, group):
        d = signed_block_peaks(flat[part], group) / np.float32(-8)
        scales[part.start // group : part.stop // group] = half_scales(d)
        codes[part.start // 8 : part.stop // 8] = pack(_encode(flat[part], d))
    return Q4Tensor(codes.reshape(rows, width // 8), scales.reshape(rows, width // group), k, group)


def dequantize(tensor: Q4Tensor) -> F32:
    """The matrix the codes stand for, float32 [N, k]."""
    rows, words = tensor.codes.shape
    values = unpack(tensor.codes.reshape(-1)).view(np.int8)
    values -= 8
    exact = values.astype(np.float32)
    scale_blocks(exact, tensor.scales.astype(np.float32).reshape(-1), out=exact)
    return exact.reshape(rows, words * 8)[:, : tensor.k]


def pack(nibbles: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Codes 0 … 15, one a byte and flat, into canonical words: [n] -> [n / 8]."""
    eight = nibbles.view(np.uint64)
    return (eight | eight >> np.uint64(28)).astype(np.uint32)


def unpack(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """Canonical words into codes 0 … 15, one a byte: [n / 8] -> [n]."""
    halves = np.empty((words.size, 2), np.uint32)
    halves[:, 0] = words & LOW_NIBBLES
    halves[:, 1] = words >> np.uint32(4) & LOW_NIBBLES
    return halves.reshape(-1).view(np.uint8)


def _encode(values: F32, d: F32) -> npt.NDArray[np.uint8]:
    shifted = scale_blocks(values, reciprocal(d))
    shifted += np.float32(8.5)
    np.minimum(shifted, np.float32(15), out=shifted)
    return shifted.astype(np.uint8)
