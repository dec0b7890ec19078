"""Weights that are not quantized: bf16 (as uint16 bits, numpy having no such type), f16 and f32."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.errors import QuantscopeError
from gpu.formats.blocks import F32

STORAGE: dict[str, type[np.generic]] = {"bf16": np.uint16, "f16": np.float16, "f32": np.float32}


def bits_per_weight(dtype: str) -> int:
    """Bits of one value of "bf16", "f16" or "f32"."""
    return np.dtype(_storage(dtype)).itemsize * 8


def to_f32(stored: npt.NDArray[Any], dtype: str) -> F32:
    """Stored values as float32, exactly; f32 itself is returned as it is.

    Raises:
        QuantscopeError: an unknown dtype, or an array that does not hold it.
    """
    if stored.dtype != _storage(dtype):
        raise QuantscopeError(
            f"{dtype} values are held as {_storage(dtype).__name__}, not as {stored.dtype}."
        )
    return bf16_to_f32(stored) if dtype == "bf16" else stored.astype(np.float32, copy=False)


def from_f32(values: F32, dtype: str) -> npt.NDArray[Any]:
    """float32 values as they are stored, rounded to nearest even; beyond float16's range infinite."""
    if dtype == "bf16":
        return f32_to_bf16(values)
    with np.errstate(over="ignore"):
        return values.astype(_storage(dtype), copy=False)


def bf16_to_f32(bits: npt.NDArray[np.uint16]) -> F32:
    """bf16 is the upper half of a float32."""
    return np.left_shift(bits, 16, dtype=np.uint32).view(np.float32)


def f32_to_bf16(values: F32) -> npt.NDArray[np.uint16]:
    """Round to nearest even; NaN stays NaN (made quiet, as a payload in the lower half would be cut off)."""
    word = np.ascontiguousarray(values, np.float32).view(np.uint32)
    carry = (word >> 16 & 1) + np.uint32(0x7FFF)
    carry += word
    bits = (carry >> 16).astype(np.uint16)
    nan = np.isnan(values)
    if nan.any():
        bits[nan] = (word[nan] >> 16).astype(np.uint16) | np.uint16(0x40)
    return bits


def _storage(dtype: str) -> type[np.generic]:
    if dtype not in STORAGE:
        raise QuantscopeError(f"'{dtype}' is no dtype of unquantized weights; choose bf16, f16 or f32.")
    return STORAGE[dtype]
