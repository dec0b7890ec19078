"""Tensors of a safetensors file, memory-mapped by rows.

The safetensors package can neither hand bf16 to numpy nor say where a file is broken.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.checkpoints.safetensors_header import DTYPES, Entry, read_header
from gpu.errors import FormatError
from gpu.formats import floats

FLOAT_NAMES = {"BF16": "bf16", "F16": "f16", "F32": "f32"}


@dataclass(frozen=True)
class SafetensorsFile:
    """An open file: its checked header, and arrays over its bytes on demand."""

    path: Path
    entries: Mapping[str, Entry]
    metadata: Mapping[str, str]
    data_begin: int

    @classmethod
    def open(cls, path: Path) -> SafetensorsFile:
        """Read and check the header.

        Raises:
            FormatError: the file is not a whole and consistent safetensors file.
        """
        header = read_header(path)
        return cls(path, header.entries, header.metadata, header.data_begin)

    def array(self, name: str, rows: slice | None = None) -> npt.NDArray[Any]:
        """The rows asked for, read-only, mapped from the file; types numpy lacks come as unsigned integers.

        Each call makes its own mapping, so that dropping the array takes its pages out of the process: a
        mapping of the whole file would keep every page once touched.

        Raises:
            FormatError: the file has changed since it was opened.
        """
        entry = self.entries[name]
        shape, begin = entry.shape, entry.begin
        if rows is not None:
            start, stop = row_range(rows, shape[0])
            begin += start * ((entry.end - entry.begin) // max(shape[0], 1))
            shape = (stop - start, *shape[1:])
        dtype = DTYPES[entry.dtype]
        if math.prod(shape) == 0:
            return np.empty(shape, dtype)
        try:
            return np.asarray(np.memmap(self.path, dtype, "r", begin, shape))
        except (OSError, ValueError) as error:
            raise FormatError(self.path, f"the file changed while it was read ({error}).", begin) from error


@dataclass(frozen=True)
class SafetensorsTensor:
    """One float tensor of a file; `name` is its Hugging Face name, `stored_name` the one the file uses."""

    file: SafetensorsFile
    name: str
    stored_name: str

    @property
    def shape(self) -> tuple[int, ...]:
        return self.file.entries[self.stored_name].shape

    @property
    def dtype(self) -> str:
        return FLOAT_NAMES[self.file.entries[self.stored_name].dtype]

    def read(self, rows: slice | None = None) -> npt.NDArray[Any]:
        return self.file.array(self.stored_name, rows)

    def read_f32(self, rows: slice | None = None) -> npt.NDArray[np.float32]:
        return floats.to_f32(self.read(rows), self.dtype)


def row_range(rows: slice, count: int) -> tuple[int, int]:
    """The half-open range of rows that `rows` selects among `count`.

    Raises:
        ValueError: the slice has a step; rows are read in one piece.
    """
    start, stop, step = rows.indices(count)
    if step != 1:
        raise ValueError(f"rows are read in one piece, not with a step of {step}")
    return start, max(start, stop)
