"""Keeps a copy of what a load quantizes, so that the next one only reads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import BLOCK
from gpu.checkpoints.quantized_cache import CacheWriteError, CacheWriter, QuantizedCache
from gpu.qwen3.stacks import ModelStacks, Stack

Rows = tuple[int, npt.NDArray[Any], npt.NDArray[np.float16] | None]


def cache_key(fingerprint: str, stacks: ModelStacks) -> str:
    """Of the quantized copy of a checkpoint: its content, and how and in which order its rows are held."""
    layout = [(s.spec.format, s.spec.group, s.tensors, s.interleaved) for s in stacks.all()]
    return f"{fingerprint}-{hashlib.blake2b(repr(layout).encode(), digest_size=16).hexdigest()}"


def cache_names(stack: Stack) -> tuple[str, str]:
    """Names of a stack's codes and scales in the quantized copy."""
    return f"{stack.spec.name}.codes", f"{stack.spec.name}.scales"


def cache_arrays(stacks: ModelStacks) -> dict[str, tuple[Any, tuple[int, ...]]]:
    """What the quantized copy holds: dtype and shape by name, in the order of loading; codes only."""
    arrays: dict[str, tuple[Any, tuple[int, ...]]] = {}
    for stack in stacks.all():
        spec = stack.spec
        if not spec.has_scales:
            continue
        code_dtype, values = (np.uint32, 8) if spec.format == "q4" else (np.int8, 1)
        codes, scales = cache_names(stack)
        width = spec.blocks * BLOCK
        arrays[codes] = (code_dtype, (spec.rows, width // values))
        arrays[scales] = (np.float16, (spec.rows, width // spec.group))
    return arrays


class Keeper:
    """Writes stacks to the cache as they pass; a cache that fails is noticed once, then left alone."""

    def __init__(self, directory: Path, key: str, stacks: ModelStacks, notice: Callable[[str], None]) -> None:
        self._cache = QuantizedCache(directory)
        self._key, self._arrays, self._notice = key, cache_arrays(stacks), notice
        self._open = ExitStack()
        self._writer: CacheWriter | None = None

    def __enter__(self) -> Keeper:
        self._try(self._start)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._try(lambda: self._open.__exit__(kind, error, trace))

    def passing(self, stack: Stack, rows: Iterator[Rows]) -> Iterator[Rows]:
        """The same rows; once they are through, the stack is written."""
        codes: list[npt.NDArray[Any]] = []
        scales: list[npt.NDArray[np.float16]] = []
        for row in rows:
            if self._writer is not None and row[2] is not None:
                codes.append(row[1])
                scales.append(row[2])
            yield row
        if self._writer is not None:
            self._try(lambda: self._write(stack, {0: codes, 1: scales}))

    def _start(self) -> None:
        self._writer = self._open.enter_context(self._cache.writer(self._key, self._arrays))

    def _write(self, stack: Stack, parts: Mapping[int, list[npt.NDArray[Any]]]) -> None:
        if self._writer is not None:
            for i, name in enumerate(cache_names(stack)):
                self._writer.write(name, np.concatenate(parts[i]))

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except CacheWriteError as error:
            self._writer = None
            self._notice(str(error))
