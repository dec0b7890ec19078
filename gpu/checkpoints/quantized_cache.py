"""Quantized weights kept on disk, so that a model is quantized once.

One safetensors file a key. It is written under a temporary name, flushed to the disk and renamed, so that a
file under its final name is whole; a temporary file is locked while it is written, so that one left behind by
a process that died can be told from one in use. The header is checksummed; the codes are not, because that
would take as long as loading them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from gpu.checkpoints.safetensors_file import SafetensorsFile
from gpu.checkpoints.safetensors_header import DTYPES
from gpu.checkpoints.safetensors_writer import ArraySpec, SafetensorsWriter, array_bytes
from gpu.errors import FormatError, QuantscopeError

if sys.platform != "win32":
    import fcntl

VERSION = "1"
SUFFIX = ".safetensors"
TEMPORARY_SUFFIX = ".tmp"


class CacheWriteError(QuantscopeError):
    """The cache cannot be written; nothing is lost but the time that the next load takes."""

    def __init__(self, directory: Path, problem: str) -> None:
        super().__init__(
            f"{directory}: the quantized weights cannot be kept ({problem}); the next load quantizes again."
        )


class CachedArrays(Mapping[str, npt.NDArray[Any]]):
    """The arrays of one cache file by name, each mapped from the file when it is asked for."""

    def __init__(self, file: SafetensorsFile) -> None:
        self._file = file

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._file.array(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._file.entries)

    def __len__(self) -> int:
        return len(self._file.entries)


class QuantizedCache:
    """The cache files of one directory, which is made when something is first written."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def open(self, key: str) -> CachedArrays | None:
        """The arrays stored under `key`, or None; a file that is broken or of another version is removed."""
        path = self._path(key)
        if not path.exists():
            return None
        try:
            file = SafetensorsFile.open(path)
        except FormatError:
            file = None
        if file is None or dict(file.metadata) != _metadata(key, _stored_arrays(file)):
            _remove(path)
            return None
        return CachedArrays(file)

    def writer(self, key: str, arrays: Mapping[str, ArraySpec]) -> CacheWriter:
        """A context manager that stores `arrays` (name → dtype, shape) under `key`, written in their order.

        Raises:
            CacheWriteError: the directory cannot be made, or has too little room for the arrays.
        """
        needed_bytes = sum(array_bytes(array) for array in arrays.values())
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._remove_leftovers()
            free_bytes = shutil.disk_usage(self._directory).free
            if free_bytes < needed_bytes:
                raise CacheWriteError(
                    self._directory, f"{needed_bytes:,} bytes are needed, {free_bytes:,} are free"
                )
            return CacheWriter(self._path(key), arrays, _metadata(key, arrays))
        except OSError as error:
            raise CacheWriteError(self._directory, error.strerror or str(error)) from error

    def _path(self, key: str) -> Path:
        return self._directory / (hashlib.blake2b(key.encode(), digest_size=16).hexdigest() + SUFFIX)

    def _remove_leftovers(self) -> None:
        for path in self._directory.glob(f"*{TEMPORARY_SUFFIX}"):
            if not _is_in_use(path):
                _remove(path)


class CacheWriter:
    """Takes the announced arrays in order; leaving the `with` block stores them, an exception discards them.

    After a CacheWriteError nothing is stored: `active` is false, and leaving the block is silent.
    """

    def __init__(self, path: Path, arrays: Mapping[str, ArraySpec], metadata: Mapping[str, str]) -> None:
        self._path = path
        self._temporary = path.with_name(f"{path.stem}-{uuid.uuid4().hex}{TEMPORARY_SUFFIX}")
        self._file: BinaryIO = self._temporary.open("xb")
        try:
            _lock(self._file)
            self._tensors = SafetensorsWriter(self._file, arrays, metadata)
        except BaseException:
            self._discard()
            raise

    @property
    def active(self) -> bool:
        return not self._file.closed

    def write(self, name: str, array: npt.NDArray[Any]) -> None:
        """Append one array.

        Raises:
            CacheWriteError: the disk is full or failed; go on without the cache.
            ValueError: the array is not the next one announced.
        """
        try:
            self._tensors.write(name, array)
        except OSError as error:
            self._discard()
            raise CacheWriteError(self._path.parent, error.strerror or str(error)) from error

    def __enter__(self) -> CacheWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.active:
            return
        try:
            if kind is None:
                self._commit()
        except OSError as failure:
            raise CacheWriteError(self._path.parent, failure.strerror or str(failure)) from failure
        finally:
            self._discard()

    def _commit(self) -> None:
        if self._tensors.missing:
            raise ValueError(f"{self._tensors.missing} of the announced arrays were not written")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._temporary, self._path)

    def _discard(self) -> None:
        with contextlib.suppress(OSError):  # closing flushes, which fails again on a full disk
            self._file.close()
        _remove(self._temporary)


def _metadata(key: str, arrays: Mapping[str, ArraySpec]) -> dict[str, str]:
    layout = [(name, np.dtype(dtype).str, list(shape)) for name, (dtype, shape) in arrays.items()]
    digest = hashlib.blake2b(json.dumps(layout).encode(), digest_size=16).hexdigest()
    return {"quantscope_cache": VERSION, "key": key, "layout": digest}


def _stored_arrays(file: SafetensorsFile) -> dict[str, ArraySpec]:
    return {entry.name: (DTYPES[entry.dtype], entry.shape) for entry in file.entries.values()}


def _remove(path: Path) -> None:
    # Whoever else holds or has removed the file, the cache merely misses.
    with contextlib.suppress(OSError):
        path.unlink()


def _lock(file: BinaryIO) -> None:
    if sys.platform != "win32":
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_in_use(path: Path) -> bool:
    """Whether a live process holds the file's lock; Windows has none, but refuses to remove open files."""
    try:
        with path.open("rb") as file:
            _lock(file)
    except OSError:
        return True
    return False
