"""The header of a safetensors file, checked in full before any tensor is believed.

Layout: u64 little-endian header length n, n bytes of JSON `{name: {dtype, shape, data_offsets}}`, then the
data; offsets count from the first data byte, and the tensors cover the data without gaps or overlaps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from gpu.checkpoints.json_file import Pairs, parse_object
from gpu.errors import FormatError

LENGTH_BYTES = 8
MAX_HEADER_BYTES = 100_000_000
METADATA = "__metadata__"
# numpy has no bf16 and no f8: their bits come as unsigned integers.
DTYPES: dict[str, np.dtype[Any]] = {
    name: np.dtype(stored)
    for name, stored in {
        "BOOL": "?", "U8": "u1", "I8": "i1", "F8_E4M3": "u1", "F8_E5M2": "u1", "F8_E8M0": "u1",
        "U16": "<u2", "I16": "<i2", "F16": "<f2", "BF16": "<u2", "U32": "<u4", "I32": "<i4", "F32": "<f4",
        "U64": "<u8", "I64": "<i8", "F64": "<f8", "C64": "<c8",
    }.items()
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One tensor: its dtype as the file spells it, and its bytes [begin, end) from the file's start."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True)
class Header:
    """`entries` in file order; `data_begin` is the file offset of the first data byte."""

    entries: dict[str, Entry]
    metadata: dict[str, str]
    data_begin: int


def read_header(path: Path) -> Header:
    """Read and check the header of a safetensors file.

    Raises:
        FormatError: the file cannot be read, or is not a whole and consistent safetensors file.
    """
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as file:
            text = _read_text(file, path, size_bytes)
    except OSError as error:
        raise FormatError(path, f"cannot be read ({error.strerror}).") from error
    header = parse_header(text, path)
    _check_cover(header.entries.values(), path, header.data_begin, size_bytes)
    return header


def parse_header(text: bytes, path: Path) -> Header:
    """The same from its JSON alone, whatever follows it.

    Raises:
        FormatError: it is no header of a safetensors file.
    """
    data_begin = LENGTH_BYTES + len(text)
    table = parse_object(text, path, LENGTH_BYTES, _RefuseDuplicates(path))
    metadata = _metadata(table.pop(METADATA, {}), path)
    entries = [_entry(name, value, path, data_begin) for name, value in table.items()]
    entries.sort(key=lambda entry: (entry.begin, entry.end))
    return Header({entry.name: entry for entry in entries}, metadata, data_begin)


def _read_text(file: BinaryIO, path: Path, size_bytes: int) -> bytes:
    if size_bytes < LENGTH_BYTES:
        raise FormatError(path, f"the file has {size_bytes} bytes, too few for a safetensors header.", 0)
    length = int.from_bytes(file.read(LENGTH_BYTES), "little")
    if not 2 <= length <= MAX_HEADER_BYTES:
        raise FormatError(path, f"a header length of {length:,} bytes is not that of a safetensors file.", 0)
    if length > size_bytes - LENGTH_BYTES:
        raise FormatError(
            path, f"the header should have {length:,} bytes and the file ends before; it is truncated.", 0
        )
    return file.read(length)


class _RefuseDuplicates:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, pairs: Pairs) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key, value in pairs:
            if key in table:
                raise FormatError(self._path, f"the header names '{key}' twice.", LENGTH_BYTES)
            table[key] = value
        return table


def _metadata(value: object, path: Path) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise FormatError(path, f"the header's {METADATA} must map names to text.", LENGTH_BYTES)
    return value


def _entry(name: str, value: object, path: Path, data_begin: int) -> Entry:
    if not isinstance(value, dict):
        raise FormatError(path, f"the header's entry for '{name}' is no object.", LENGTH_BYTES)
    dtype = value.get("dtype")
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise FormatError(path, f"tensor '{name}' has the unknown dtype {str(dtype)[:40]!r}.", LENGTH_BYTES)
    shape = _sizes(value.get("shape"), f"the shape of tensor '{name}'", path)
    offsets = _sizes(value.get("data_offsets"), f"the data_offsets of tensor '{name}'", path)
    if len(offsets) != 2 or offsets[0] > offsets[1]:
        raise FormatError(path, f"the data_offsets of tensor '{name}' are no begin and end.", LENGTH_BYTES)
    begin, end = (data_begin + offset for offset in offsets)
    needed = math.prod(shape) * DTYPES[dtype].itemsize
    if end - begin != needed:
        what = f"tensor '{name}' of shape {list(shape)} and dtype {dtype}"
        raise FormatError(path, f"{what} needs {needed:,} bytes and has {end - begin:,}.", begin)
    return Entry(name, dtype, shape, begin, end)


def _sizes(value: object, what: str, path: Path) -> tuple[int, ...]:
    items = value if isinstance(value, list) else [None]
    if any(not isinstance(item, int) or isinstance(item, bool) or not 0 <= item < 2**63 for item in items):
        raise FormatError(path, f"{what} must be a list of sizes.", LENGTH_BYTES)
    return tuple(items)


def _check_cover(entries: Iterable[Entry], path: Path, data_begin: int, size_bytes: int) -> None:
    end = data_begin
    for entry in entries:
        if entry.begin != end:
            raise FormatError(
                path, f"tensor '{entry.name}' does not start where the one before it ends.", entry.begin
            )
        end = entry.end
    if end > size_bytes:
        raise FormatError(path, f"the file should have {end:,} bytes; it is truncated.", size_bytes)
    if end < size_bytes:
        raise FormatError(path, f"{size_bytes - end:,} bytes follow the last tensor.", end)
