"""What a cache of few bits keeps of a head: its Hadamard transform in blocks of 32 codes, as q8_0 and q4_0.

The transform (QuaRot, Ashkboos et al. 2024, arXiv 2404.00456) spreads a channel that stands out over all
dimensions, which a scale per token serves then; scales per channel would tie positions together, so that a
prefix could not be kept or left without what follows it. It is orthogonal: attention's scores stay what they
were, and its output is transformed back once. The kernels are lib/kv_codes_q8, lib/kv_codes_q4 and
lib/mix_hadamard, which other kernels take.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gpu.formats import q4, q8

F32 = npt.NDArray[np.float32]
_PIECE = 64  # dimensions to which heads are padded


def hadamard(x: F32) -> F32:
    """x [..., n] times the n × n Hadamard matrix over √n (n a power of two); its own inverse."""
    width = x.shape[-1]
    mixed = x.reshape(-1, width).astype(np.float64)
    distance = 1
    while distance < width:
        pairs = mixed.reshape(len(mixed), -1, 2, distance)
        mixed = np.stack([pairs[:, :, 0] + pairs[:, :, 1], pairs[:, :, 0] - pairs[:, :, 1]], axis=2)
        mixed = mixed.reshape(-1, width)
        distance *= 2
    out: F32 = (mixed / np.sqrt(width)).reshape(x.shape).astype(np.float32)
    return out


def reference(heads: F32, bits: int) -> F32:
    """What a cache of 8 or 4 `bits` gives back of heads [..., D], D in the order of the device."""
    head_dim = heads.shape[-1]
    width = -(-head_dim // _PIECE) * _PIECE
    flat = np.pad(heads.reshape(-1, head_dim), ((0, 0), (0, width - head_dim)))
    mixed = hadamard(flat)
    held = q8.dequantize(q8.quantize(mixed)) if bits == 8 else q4.dequantize(q4.quantize(mixed))
    return hadamard(held)[:, :head_dim].reshape(heads.shape)
