"""Prefixes kept on the host: what is found must be what was kept for just these tokens."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gpu.prefix_cache import BLOCK_TOKENS, PrefixCache, States, shared_prefix

MUCH = 1 << 30
few_tokens = st.lists(st.integers(0, 1), max_size=3 * BLOCK_TOKENS + 5)


def history(ids: list[int]) -> list[int]:
    """Of every position a number that depends on all tokens up to it, as keys and values do."""
    found, at = [], 0
    for token in ids:
        at = (at * 31 + token + 1) % 251
        found.append(at)
    return found


def states_of(ids: list[int], start: int, tokens: int) -> States:
    return (np.array(history(ids)[start : start + tokens], np.uint8).reshape(-1, 1),)


def keep(cache: PrefixCache, ids: list[int], first: int = 0) -> list[tuple[int, int]]:
    """What was asked for."""
    asked: list[tuple[int, int]] = []

    def read(start: int, tokens: int) -> States:
        asked.append((start, tokens))
        return states_of(ids, start, tokens)

    cache.keep(ids, first, read)
    return asked


def found(cache: PrefixCache, ids: list[int], first: int = 0) -> int:
    """How far `ids` is known; the states must be its own."""
    for start, tokens, (states,) in cache.find(ids, first):
        assert start <= first < start + tokens
        assert states[:tokens, 0].tolist() == history(ids)[start : start + tokens]
        first = start + tokens
    return first


@given(st.lists(few_tokens, min_size=1, max_size=4), few_tokens)
def test_what_is_found_is_the_longest_prefix_that_was_kept(kept: list[list[int]], ids: list[int]) -> None:
    cache = PrefixCache(MUCH)
    for other in kept:
        keep(cache, other)
    assert found(cache, ids) == max(shared_prefix(ids, other) for other in kept)


@given(few_tokens, few_tokens, st.integers(0, 400))
def test_what_a_cache_holds_already_is_not_brought(kept: list[int], ids: list[int], first: int) -> None:
    cache, shared = PrefixCache(MUCH), shared_prefix(kept, ids)
    keep(cache, kept)
    first = min(first, len(ids))
    assert found(cache, ids, first) == max(first, shared)


def test_only_what_is_missing_is_read() -> None:
    cache, ids = PrefixCache(MUCH), list(range(2 * BLOCK_TOKENS + 7))
    assert keep(cache, ids, 2 * BLOCK_TOKENS) == [(2 * BLOCK_TOKENS, 7)]
    assert keep(cache, ids) == [(0, BLOCK_TOKENS), (BLOCK_TOKENS, BLOCK_TOKENS)]
    assert keep(cache, [*ids, 1]) == [(2 * BLOCK_TOKENS, 8)]
    assert keep(cache, ids) == []  # the longer block serves the shorter
    assert cache.size_bytes == 2 * BLOCK_TOKENS + 8


def test_a_block_after_other_tokens_is_another() -> None:
    cache, tail = PrefixCache(MUCH), [5] * 10
    keep(cache, [1] * BLOCK_TOKENS + tail)
    assert found(cache, [2] * BLOCK_TOKENS + tail, BLOCK_TOKENS) == BLOCK_TOKENS


def test_beyond_the_limit_goes_what_was_used_longest_ago_from_its_end() -> None:
    first, second, third = ([n] * 2 * BLOCK_TOKENS for n in (1, 2, 3))
    cache = PrefixCache(5 * BLOCK_TOKENS)
    keep(cache, first)
    keep(cache, second)
    assert found(cache, first) == len(first)  # a use
    keep(cache, third)
    assert cache.size_bytes == cache.limit_bytes
    assert [found(cache, ids) for ids in (first, second, third)] == [
        2 * BLOCK_TOKENS,
        BLOCK_TOKENS,
        2 * BLOCK_TOKENS,
    ]


def test_what_is_larger_than_the_limit_is_kept_from_its_start() -> None:
    cache, ids = PrefixCache(BLOCK_TOKENS + 3), [1] * 3 * BLOCK_TOKENS
    keep(cache, ids)
    assert found(cache, ids) == BLOCK_TOKENS


def test_shared_prefix() -> None:
    assert shared_prefix([], [1]) == 0
    assert shared_prefix([1, 2, 3], [1, 2]) == 2
    assert shared_prefix([1, 2, 3], [1, 4, 3]) == 1
    assert shared_prefix([5], [6]) == 0
