"""Finding NaN and infinity in weights at memory speed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

CHUNK_VALUES = 256 * 1024
# Of each stored type: the unsigned type with its bits, and the exponent mask, all ones for NaN and infinity.
_EXPONENTS: dict[str, tuple[type[np.unsignedinteger[Any]], int]] = {
    "uint16": (np.uint16, 0x7F80),
    "float16": (np.uint16, 0x7C00),
    "float32": (np.uint32, 0x7F800000),
}


def first_nonfinite(array: npt.NDArray[Any]) -> int | None:
    """Flat index of the first NaN or infinity, or None; uint16 is read as bf16 bits.

    Raises:
        TypeError: the array is neither uint16 (bf16), float16 nor float32.
    """
    if array.dtype.name not in _EXPONENTS:
        raise TypeError(f"weights are uint16 (bf16), float16 or float32, not {array.dtype}")
    unsigned, exponent = _EXPONENTS[array.dtype.name]
    bits = np.ascontiguousarray(array).reshape(-1).view(unsigned)
    for start in range(0, bits.size, CHUNK_VALUES):
        masked = bits[start : start + CHUNK_VALUES] & unsigned(exponent)
        if masked.max() == exponent:
            return start + int(np.argmax(masked == exponent))
    return None
