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
from gpu.prefix_cache import BLOCK_TOKENS, PrefixCache, States

_SPAN_TOKENS = 8  # the least a cache is padded to
_WORTH_KEEPING_TOKENS = 16  # fewer are sooner read again
_BLOCKS_AT_ONCE = 8  # that a copy moves


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
            self._kept.keep(held, shared, _Ahead(self._states, len(held)).read)
        found = list(self._kept.find(wanted, shared))
        for at in range(0, len(found), _BLOCKS_AT_ONCE):
            shared = self._write(found[at : at + _BLOCKS_AT_ONCE])
        return shared

    def _write(self, blocks: Sequence[tuple[int, int, States]]) -> int:
        """Blocks that follow each other; the position after them."""
        span, (first, _, _), (last, tokens, _) = self._states.span_tokens, blocks[0], blocks[-1]
        parts = [[part[: -(-count // span)] for part in states] for _, count, states in blocks]
        together = tuple(np.concatenate(part) for part in zip(*parts, strict=True))
        self._states.write(first // span, together)
        return last + tokens


class _Ahead:
    """Reads several blocks of a cache of `tokens` at once, for copies are slow to begin."""

    def __init__(self, states: KvStates, tokens: int) -> None:
        self._states, self._tokens = states, tokens
        self._first_span: int = 0
        self._held: States = ()

    def read(self, start: int, tokens: int) -> States:
        span = self._states.span_tokens
        first, count = start // span, -(-tokens // span)
        if not self._held or first + count > self._first_span + len(self._held[0]):
            stop = min(start + _BLOCKS_AT_ONCE * BLOCK_TOKENS, self._tokens)
            self._first_span, self._held = first, self._states.read(first, -(-stop // span) - first)
        at = first - self._first_span
        return tuple(part[at : at + count].copy() for part in self._held)
