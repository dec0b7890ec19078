from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import RequestError
from gpu.evaluate.perplexity import Perplexity, cross_entropy, measure_perplexity

VOCABULARY = 11


class Table:
    """A model whose logits depend on the position in the window and the token there."""

    def __init__(self) -> None:
        self.fed: list[int] = []
        self.table = np.random.default_rng(0).standard_normal((64, VOCABULARY, VOCABULARY)).astype(np.float32)

    def rewind(self, tokens: int) -> None:
        del self.fed[tokens:]

    def all_logits(self, ids: Sequence[int], cancel: Callable[[], bool]) -> Iterator[np.ndarray]:
        assert not cancel()
        for start in range(0, len(ids), 8):
            part = ids[start : start + 8]
            positions = range(len(self.fed), len(self.fed) + len(part))
            self.fed.extend(part)
            yield np.stack([self.table[p, i] for p, i in zip(positions, part, strict=True)])


def by_hand(table: np.ndarray, ids: Sequence[int], window: int) -> tuple[int, float]:
    scored, nats = 0, 0.0
    for i in range(len(ids) - 1):
        if (i + 1) % window:
            row = table[i % window, ids[i]].astype(np.float64)
            nats += math.log(np.exp(row).sum()) - row[ids[i + 1]]
            scored += 1
    return scored, nats


@given(st.lists(st.integers(0, VOCABULARY - 1), min_size=2, max_size=60), st.integers(2, 40))
def test_every_token_but_a_windows_first_is_scored_once(ids: list[int], window: int) -> None:
    model, told = Table(), []
    found = measure_perplexity(model, ids, window, told.append)
    scored, nats = by_hand(model.table, ids, window)
    assert found.scored_tokens == scored
    assert found.nats == pytest.approx(nats, rel=1e-9)
    assert told[-1] == len(ids)


def test_an_even_guess_has_the_perplexity_of_the_vocabulary() -> None:
    model = Table()
    model.table[:] = 3.0
    found = measure_perplexity(model, list(range(10)), 5)
    assert found.perplexity == pytest.approx(VOCABULARY)


def test_large_logits_do_not_overflow() -> None:
    logits = np.array([[3e38, 0.0], [1e4, -1e4]], np.float32)
    nats = cross_entropy(logits, np.array([0, 1]))
    assert nats.tolist() == [0.0, 20_000.0]
    assert Perplexity(1, 20_000.0).perplexity == math.inf


@pytest.mark.parametrize(("ids", "window"), [([1], 8), ([], 8), ([1, 2, 3], 1)])
def test_too_little_text_is_refused(ids: list[int], window: int) -> None:
    with pytest.raises(RequestError, match="at least two"):
        measure_perplexity(Table(), ids, window)
