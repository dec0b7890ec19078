"""What every block format shares: padding, largest values per block, and one way of rounding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.errors import QuantscopeError
from gpu.formats.granularity import Granularity

F32 = npt.NDArray[np.float32]

WEIGHT_GROUPS = (32, 64, 128)
_SLAB_VALUES = 1 << 18  # 1 MiB of f32: the temporaries of one slab stay in the processor's cache
TINY = np.float32(2.0**-100)  # 127 / this is far from overflow, this / 127 far from denormal
_BELOW_HALF = np.float32(0.49999997)  # the f32 before 0.5


def padded(values: npt.ArrayLike, multiple: int) -> tuple[F32, int]:
    """A matrix [N, k] as contiguous float32 [N, Kp], Kp being k rounded up to `multiple` with zeros, and k.

    Not copied if it is that already.
    """
    x = np.ascontiguousarray(values, np.float32)
    if x.ndim != 2 or x.size == 0:
        raise QuantscopeError(
            f"Only a matrix with values in it can be quantized, not an array of shape {x.shape}."
        )
    k = x.shape[1]
    missing = -k % multiple
    return (np.pad(x, ((0, 0), (0, missing))) if missing else x), k


def slabs(flat_size: int, block: int) -> Iterator[slice]:
    """Cut a flat array into cache-sized slices of whole blocks."""
    step = max(_SLAB_VALUES // block, 1) * block
    return (slice(start, min(start + step, flat_size)) for start in range(0, flat_size, step))


def reduce_blocks(ufunc: np.ufunc, values: npt.NDArray[Any], block: int) -> npt.NDArray[Any]:
    """A commutative `ufunc` over consecutive blocks of the flat array `values`: [n] -> [n / block].

    Halves whole arrays instead of reducing many short rows, which numpy does several times slower.
    """
    while block > 1 and block % 2 == 0:
        values, block = ufunc(values[0::2], values[1::2]), block // 2
    return values if block == 1 else ufunc.reduce(values.reshape(-1, block), axis=1)


def block_absmax(values: F32, block: int) -> F32:
    """Largest magnitude of every block of a flat float32 array: [n] -> [n / block]. NaN stays NaN."""
    return reduce_blocks(np.maximum, np.abs(values), block)


def signed_block_peaks(values: F32, block: int) -> F32:
    """Every block's value of largest magnitude, the first of equals: flat [n] -> [n / block]."""
    high = reduce_blocks(np.maximum, values, block)
    return signed_peaks(values, high, reduce_blocks(np.minimum, values, block), block)


def signed_peaks(values: F32, high: F32, low: F32, block: int) -> F32:
    """The same where the largest and smallest values of the blocks are known already."""
    peak = np.where(high >= -low, high, low)
    tied = np.flatnonzero(high == -low)
    blocks = values.reshape(-1, block)[tied]
    peak[tied] = blocks[np.arange(tied.size), np.abs(blocks).argmax(axis=1)]
    return peak


def scale_blocks(values: F32, factors: F32, out: F32 | None = None) -> F32:
    """Multiply every block of the flat array `values` by its own factor: [n], [n / block] -> [n]."""
    shape = (factors.size, -1)
    target = np.empty_like(values) if out is None else out
    np.multiply(values.reshape(shape), factors[:, None], out=target.reshape(shape))
    return target


def shared_absmax(x: F32, reach: Granularity, block: int) -> F32:
    """Largest magnitude within each scale's reach, repeated for every block: [T, Kp] -> [T, Kp / block].

    `block` divides Kp and the reach's length. Magnitudes that all lie below 2^-100 give 0. NaN stays NaN.
    """
    rows, width = x.shape[0], x.shape[1] // block
    absmax = block_absmax(x.reshape(-1), block).reshape(rows, width)
    absmax[absmax < TINY] = 0
    if reach.kind == "tensor":
        return np.full_like(absmax, absmax.max())
    span = reach.length // block if reach.kind == "block" else width
    if span <= 1:
        return absmax
    largest = np.maximum.reduceat(absmax, np.arange(0, width, span), axis=1)
    return np.repeat(largest, span, axis=1)[:, :width]


def steps_per_unit(absmax: F32, q_max: np.float32) -> F32:
    """What to multiply values by to get codes, flat: q_max / absmax, and 0 where absmax is 0."""
    flat = absmax.reshape(-1)
    return np.divide(q_max, flat, out=np.zeros_like(flat), where=flat > 0)


def reciprocal(scales: F32) -> F32:
    """1 / scale in float32, and 0 where a scale is 0 or so small that its reciprocal overflows."""
    with np.errstate(divide="ignore", over="ignore"):
        inverse = np.float32(1) / scales
    inverse[np.isinf(inverse)] = 0
    return inverse


def round_half_away(values: F32) -> F32:
    """Round to the nearest integer, halves away from zero, in place; exact for |v| < 2^22.

    Adds the float before 0.5, not 0.5, so that 0.49999997 does not become 1. The caller's cast to an integer
    type truncates; in WGSL this is `i32(v + select(-0.49999997, 0.49999997, v >= 0.0))`.
    """
    values += np.copysign(_BELOW_HALF, values)
    return np.trunc(values, out=values)


def half_scales(scales: F32) -> npt.NDArray[np.float16]:
    """Scales as they are stored.

    Raises:
        QuantscopeError: a scale is NaN, infinite or beyond float16, so its values were.
    """
    with np.errstate(over="ignore"):
        stored = scales.astype(np.float16)
    if not np.isfinite(stored).all():
        raise QuantscopeError(
            "The values hold NaN, infinity or magnitudes too large for a 16-bit block scale."
        )
    return stored


def check_group(group: int) -> None:
    """Raises QuantscopeError unless weights may be grouped by `group`."""
    if group not in WEIGHT_GROUPS:
        raise QuantscopeError(f"Weights are quantized in groups of 32, 64 or 128, not {group}.")
