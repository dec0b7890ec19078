"""Prefixes that were computed once: states of blocks of tokens, in host memory, found again by their tokens.

A block is known by all the tokens before it, so equal tokens in another place are another block; of several
that follow one prefix the one that goes along longest is taken, for states of a token depend on no later
one. Beyond the limit the block that was used longest ago goes, of one prefix the farthest first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BLOCK_TOKENS = 128
States = tuple[npt.NDArray[np.uint8], ...]  # of every buffer or texture u8 [spans, bytes]
Read = Callable[[int, int], States]


@dataclass(eq=False)
class _Block:
    """`used`: when, and how far from the start of the prefix it was then used with, negative."""

    tokens: tuple[int, ...]
    states: States
    used: tuple[int, int]

    @property
    def size_bytes(self) -> int:
        return sum(part.nbytes for part in self.states)


def shared_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    """How many tokens two sequences have in common from their start."""
    count = min(len(a), len(b))
    differ = np.flatnonzero(np.asarray(a[:count]) != np.asarray(b[:count]))
    return int(differ[0]) if differ.size else count


class PrefixCache:
    """At most `limit_bytes` of states."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._after: dict[bytes, list[_Block]] = {}  # by a digest of the tokens before them
        self._uses = 0

    @property
    def size_bytes(self) -> int:
        return sum(block.size_bytes for block in self._blocks())

    def keep(self, ids: Sequence[int], first: int, read: Read) -> None:
        """Remember the states of `ids` from `first` on; `read(position, tokens)` gets those missing."""
        self._uses += 1
        for start in range(first - first % BLOCK_TOKENS, len(ids), BLOCK_TOKENS):
            tokens = tuple(ids[start : start + BLOCK_TOKENS])
            siblings = self._after.setdefault(_digest(ids[:start]), [])
            held = next((block for block in siblings if block.tokens[: len(tokens)] == tokens), None)
            if held is None:
                held = _Block(tokens, read(start, len(tokens)), (0, 0))
                siblings[:] = [block for block in siblings if block.tokens != tokens[: len(block.tokens)]]
                siblings.append(held)
            held.used = (self._uses, -start)
        self._shrink()

    def find(self, ids: Sequence[int], first: int) -> Iterator[tuple[int, int, States]]:
        """(position, tokens, states) of block after block that continues `ids` beyond its `first` tokens."""
        self._uses += 1
        for start in range(first - first % BLOCK_TOKENS, len(ids), BLOCK_TOKENS):
            wanted = ids[start : start + BLOCK_TOKENS]
            siblings = self._after.get(_digest(ids[:start]), [])
            shared, block = max(
                ((shared_prefix(block.tokens, wanted), block) for block in siblings),
                key=lambda pair: pair[0],
                default=(0, None),
            )
            if block is None or start + shared <= first:
                return
            block.used = (self._uses, -start)
            yield start, shared, block.states
            if shared < BLOCK_TOKENS:
                return

    def _shrink(self) -> None:
        excess, gone = self.size_bytes - self.limit_bytes, set()
        for block in sorted(self._blocks(), key=lambda block: block.used):
            if excess <= 0:
                break
            excess -= block.size_bytes
            gone.add(block)
        kept = {key: [block for block in blocks if block not in gone] for key, blocks in self._after.items()}
        self._after = {key: blocks for key, blocks in kept.items() if blocks}

    def _blocks(self) -> Iterator[_Block]:
        return (block for siblings in self._after.values() for block in siblings)


def _digest(ids: Sequence[int]) -> bytes:
    return hashlib.blake2b(np.asarray(ids, np.int64).tobytes(), digest_size=16).digest()
