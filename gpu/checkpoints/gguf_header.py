"""The header of a GGUF file: its metadata and what its tensors are, without their data.

Layout, little-endian: "GGUF", u32 version, u64 tensors, u64 entries; entries (string key, u32 type, value);
tensors (string name, u32 dimensions, u64 sizes with the reduction axis first, u32 type, u64 offset). A string
is a u64 length and its bytes, an array a u32 type, a u64 length and its values.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gpu.checkpoints.tensor_info import TensorInfo
from gpu.errors import FormatError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MOST_TENSORS = 1_000_000
_MOST_STRING_BYTES = 64 * 2**20
_MOST_ITEMS = 100_000_000
_KEPT_ITEMS = 64  # longer arrays are vocabularies: read past, not kept
_STRING, _ARRAY = 8, 9
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
# ggml's types: name, bytes and values of a block.
_TYPES = {
    0: ("F32", 4, 1), 1: ("F16", 2, 1), 2: ("Q4_0", 18, 32), 3: ("Q4_1", 20, 32), 6: ("Q5_0", 22, 32),
    7: ("Q5_1", 24, 32), 8: ("Q8_0", 34, 32), 10: ("Q2_K", 84, 256),
    11: ("Q3_K", 110, 256), 12: ("Q4_K", 144, 256), 13: ("Q5_K", 176, 256), 14: ("Q6_K", 210, 256),
    15: ("Q8_K", 292, 256), 16: ("IQ2_XXS", 66, 256), 17: ("IQ2_XS", 74, 256), 18: ("IQ3_XXS", 98, 256),
    19: ("IQ1_S", 50, 256), 20: ("IQ4_NL", 18, 32), 21: ("IQ3_S", 110, 256), 22: ("IQ2_S", 82, 256),
    23: ("IQ4_XS", 136, 256), 24: ("I8", 1, 1), 25: ("I16", 2, 1), 26: ("I32", 4, 1), 27: ("I64", 8, 1),
    28: ("F64", 8, 1), 29: ("IQ1_M", 56, 256), 30: ("BF16", 2, 1), 34: ("TQ1_0", 54, 256),
    35: ("TQ2_0", 66, 256), 39: ("MXFP4", 17, 32),
}  # fmt: skip


class Readable(Protocol):
    """The part of a binary file that a header needs."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class GgufHeader:
    """`metadata` lacks arrays of more than 64 values."""

    metadata: dict[str, Any]
    tensors: tuple[TensorInfo, ...]


def read_gguf_header(path: Path) -> GgufHeader:
    """Read the header of a GGUF file.

    Raises:
        FormatError: the file cannot be read, or is no GGUF file of version 2 or 3.
    """
    try:
        with path.open("rb") as file:
            return parse_gguf_header(file, path)
    except OSError as error:
        raise FormatError(path, f"cannot be read ({error.strerror}).") from error


def parse_gguf_header(file: Readable, path: Path) -> GgufHeader:
    """The same from an open file, which messages call `path`."""
    reader = _Reader(file, path)
    if reader.bytes(4) != _MAGIC:
        raise FormatError(path, "this is no GGUF file.", 0)
    if (version := reader.number("I")) not in _VERSIONS:
        raise FormatError(path, f"GGUF version {version} is not one this program reads (2 or 3).", 4)
    tensors, entries = reader.count("tensors", _MOST_TENSORS), reader.count("entries", _MOST_TENSORS)
    metadata = {}
    for _ in range(entries):
        key = reader.string()
        metadata[key] = reader.value(reader.number("I"))
    return GgufHeader(
        {key: value for key, value in metadata.items() if value is not None},
        tuple(reader.tensor() for _ in range(tensors)),
    )


class _Reader:
    """Values one after the other; complains with the place where the file ends or makes no sense."""

    def __init__(self, file: Readable, path: Path) -> None:
        self._file, self._path = file, path
        self._offset = 0

    def bytes(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise self._error("the header ends here; the file is truncated.")
        self._offset += size
        return data

    def number(self, form: str) -> Any:
        (value,) = struct.unpack(f"<{form}", self.bytes(struct.calcsize(f"<{form}")))
        return value

    def count(self, what: str, most: int) -> int:
        value = int(self.number("Q"))
        if value > most:
            raise self._error(f"{value:,} {what} are more than any file has; it is damaged.")
        return value

    def string(self) -> str:
        return self.bytes(self.count("bytes of text", _MOST_STRING_BYTES)).decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        """None for an array too long to keep."""
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            return self._array()
        if kind not in _SCALARS:
            raise self._error(f"a value of the unknown type {kind}.")
        return self.number(_SCALARS[kind])

    def _array(self) -> list[Any] | None:
        kind, length = self.number("I"), self.count("values", _MOST_ITEMS)
        if kind in _SCALARS and length > _KEPT_ITEMS:
            self.bytes(length * struct.calcsize(f"<{_SCALARS[kind]}"))
            return None
        values = [self.value(kind) for _ in range(length)]
        return values if length <= _KEPT_ITEMS else None

    def tensor(self) -> TensorInfo:
        name, dimensions = self.string(), self.number("I")
        if dimensions > 8:
            raise self._error(f"tensor '{name}' has {dimensions} dimensions.")
        shape = tuple(self.count("values", 2**62) for _ in range(dimensions))[::-1]
        kind = self.number("I")
        self.number("Q")
        if kind not in _TYPES:
            raise self._error(f"tensor '{name}' has the unknown type {kind}.")
        dtype, block_bytes, block_values = _TYPES[kind]
        return TensorInfo(name, shape, dtype, math.prod(shape) * block_bytes // block_values)

    def _error(self, problem: str) -> FormatError:
        return FormatError(self._path, problem, self._offset)
