"""Keys and values of whole positions, copied off the device and back, whatever format a cache keeps them in.

A cache lies position after position: a buffer gives each the same number of bytes, a row of a texture holds
1 << positions_log2 of them. What is copied are spans of `span_tokens` positions, the least that is whole in
every cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.device import Gpu
from gpu.kernels.heads import CacheLayer
from gpu.prefix_cache import PrefixCache, States

_SPAN_TOKENS = 8  # the least a cache is padded to
_WORTH_KEEPING_TOKENS = 16  # fewer are sooner read again


class KvStates:
    """The caches of one request, made for `context_tokens` positions."""

    def __init__(self, gpu: Gpu, caches: Sequence[CacheLayer], context_tokens: int) -> None:
        self._gpu = gpu
        self._resources = [
            (resource, cache.positions_log2 if cache.kind.startswith("texture") else None)
            for cache in caches
            for resource in (cache.keys, cache.values)
        ]
        self.span_tokens = max(_SPAN_TOKENS, *(1 << cache.positions_log2 for cache in caches))
        self._spans = -(-context_tokens // self.span_tokens)

    def read(self, first_span: int, spans: int) -> States:
        """Copy spans off the device; waits for all work before it."""
        return tuple(self._read(*held, first_span, spans) for held in self._resources)

    def write(self, first_span: int, states: States) -> None:
        """Put back what `read` returned, or other spans of it."""
        for held, data in zip(self._resources, states, strict=True):
            self._write(*held, first_span, data)

    def _read(self, resource: Any, log2: int | None, first: int, spans: int) -> npt.NDArray[np.uint8]:
        if log2 is None:
            size = resource.size // self._spans
            raw = self._gpu.read(resource, spans * size, first * size)
        else:
            rows = self.span_tokens >> log2
            raw = self._gpu.read_rows(resource, first * rows, spans * rows)
        return np.frombuffer(raw, np.uint8).reshape(spans, -1)

    def _write(self, resource: Any, log2: int | None, first: int, data: npt.NDArray[np.uint8]) -> None:
        if log2 is None:
            self._gpu.write(resource, data, first * (resource.size // self._spans))
        else:
            rows = self.span_tokens >> log2
            self._gpu.write_rows(resource, first * rows, data.reshape(len(data) * rows, -1))


class Prefixes:
    """Keeps in host memory what is about to leave a cache, and brings it back; nothing at a limit of 0."""

    def __init__(self, states: KvStates, limit_bytes: int) -> None:
        self._states = states
        self._kept = PrefixCache(limit_bytes)

    def exchange(self, held: Sequence[int], wanted: Sequence[int], shared: int) -> int:
        """Make a cache of tokens `held` one of `wanted`, as far as is known; how far that is.

        Both begin with the same `shared` tokens.
        """
        if self._kept.limit_bytes and len(held) - shared >= _WORTH_KEEPING_TOKENS:
            self._kept.keep(held, shared, self._read)
        for start, tokens, states in self._kept.find(wanted, shared):
            spans = -(-tokens // self._states.span_tokens)
            self._states.write(start // self._states.span_tokens, tuple(part[:spans] for part in states))
            shared = start + tokens
        return shared

    def _read(self, start: int, tokens: int) -> States:
        span = self._states.span_tokens
        return self._states.read(start // span, -(-tokens // span))
