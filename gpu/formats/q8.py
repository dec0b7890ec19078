"""Symmetric 8-bit weights in groups of 32, 64 or 128 along the last axis, one float16 scale a group.

d = max|x| / 127,  q = round(x / d), halves away from zero,  w ~ q * d: the rule of ggml's Q8_0 (equal to it,
scale and codes, at group 32), in float32 throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.formats.blocks import (
    F32,
    block_absmax,
    check_group,
    half_scales,
    padded,
    reciprocal,
    round_half_away,
    scale_blocks,
    slabs,
)


@dataclass(frozen=True, eq=False)
class Q8Tensor:
    """A quantized matrix [N, k]; Kp is k rounded up to whole groups, the padding being zeros."""

    codes: npt.NDArray[np.int8]  # [N, Kp]
    scales: npt.NDArray[np.float16]  # [N, Kp / group]
    k: int
    group: int

    @property
    def words(self) -> npt.NDArray[np.uint32]:
        """The codes as the device reads them, uint32 [N, Kp / 4], element 4w in the lowest byte."""
        return self.codes.view(np.uint32)


def bits_per_weight(group: int) -> float:
    """8 bits and a share of the group's 16-bit scale."""
    return 8 + 16 / group


def quantize(weights: npt.ArrayLike, group: int = 32) -> Q8Tensor:
    """Quantize a float32 matrix [N, k].

    Raises:
        QuantscopeError: not a matrix, an unknown group, or values not finite or too large for a scale.
    """
    check_group(group)
    x, k = padded(weights, group)
    (rows, width), flat = x.shape, x.reshape(-1)
    codes = np.empty(flat.size, np.int8)
    scales = np.empty(flat.size // group, np.float16)
    for part in slabs(flat.size, group):
        d = block_absmax(flat[part], group) / np.float32(127)
        scales[part.start // group : part.stop // group] = half_scales(d)
        codes[part] = round_half_away(scale_blocks(flat[part], reciprocal(d)))
    return Q8Tensor(codes.reshape(rows, width), scales.reshape(rows, width // group), k, group)


def dequantize(tensor: Q8Tensor) -> F32:
    """The matrix the codes stand for, float32 [N, k]."""
    values = tensor.codes.astype(np.float32)
    flat = values.reshape(-1)
    scale_blocks(flat, tensor.scales.astype(np.float32).reshape(-1), out=flat)
    return values[:, : tensor.k]
