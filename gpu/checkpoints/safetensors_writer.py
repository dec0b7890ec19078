"""Writing a safetensors file tensor by tensor, with the header first: a whole model need not be in memory."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from gpu.checkpoints.safetensors_header import LENGTH_BYTES, METADATA

ArraySpec = tuple[npt.DTypeLike, tuple[int, ...]]

ALIGNMENT_BYTES = 64
_NAMES = {
    np.dtype(dtype): name
    for dtype, name in {
        "u1": "U8", "i1": "I8", "<u2": "U16", "<f2": "F16", "<u4": "U32", "<i4": "I32", "<f4": "F32",
    }.items()
}  # fmt: skip


def header_bytes(arrays: Mapping[str, ArraySpec], metadata: Mapping[str, str]) -> bytes:
    """The length and the JSON text, padded with spaces so that the data begins at a multiple of 64 bytes."""
    table: dict[str, Any] = {METADATA: dict(metadata)}
    end = 0
    for name, (dtype, shape) in arrays.items():
        offsets = [end, end := end + array_bytes((dtype, shape))]
        table[name] = {"dtype": _NAMES[np.dtype(dtype)], "shape": list(shape), "data_offsets": offsets}
    text = json.dumps(table, separators=(",", ":")).encode()
    text += b" " * (-(LENGTH_BYTES + len(text)) % ALIGNMENT_BYTES)
    return len(text).to_bytes(LENGTH_BYTES, "little") + text


def array_bytes(array: ArraySpec) -> int:
    dtype, shape = array
    return math.prod(shape) * np.dtype(dtype).itemsize


class SafetensorsWriter:
    """Appends the announced arrays to a file, in the order in which they were announced."""

    def __init__(self, file: BinaryIO, arrays: Mapping[str, ArraySpec], metadata: Mapping[str, str]) -> None:
        self._file = file
        self._pending = list(arrays.items())[::-1]
        file.write(header_bytes(arrays, metadata))

    @property
    def missing(self) -> int:
        """How many of the announced arrays have not been written."""
        return len(self._pending)

    def write(self, name: str, array: npt.NDArray[Any]) -> None:
        """Append one array.

        Raises:
            ValueError: it is not the next one announced, or its dtype or shape is not the announced one.
            OSError: the file cannot be written.
        """
        expected, (dtype, shape) = self._pending[-1] if self._pending else ("nothing more", (None, ()))
        if name != expected or array.dtype != np.dtype(dtype) or array.shape != tuple(shape):
            raise ValueError(f"{expected} {dtype} {shape} is due, not {name} {array.dtype} {array.shape}")
        self._file.write(np.ascontiguousarray(array).data)
        self._pending.pop()
