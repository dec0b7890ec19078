"""Guesses are accepted as often as the model would have drawn them: counted over all chances, not sampled.

A model of three tokens whose next one depends on the newest alone, with chances that are quarters; drawing
with each of the four middles of [0, 1) for every token reaches each answer exactly as often as it is likely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu.drawing import HostDrawing
from gpu.sampling import Sampler, Sampling
from gpu.speculation import WIDTHS, PassTimes, Steps

MIDDLES = (1 / 8, 3 / 8, 5 / 8, 7 / 8)
DRAWN = 4
Table = tuple[tuple[int, ...], ...]  # quarters: of the next token, by the newest


class Chain:
    """Logits after each token that a pass is given, right guesses or not."""

    def __init__(self, table: Table) -> None:
        with np.errstate(divide="ignore"):
            self._logits = np.log(np.array(table, np.float32) / 4)
        self.cached_ids: list[int] = []
        self.context_tokens = 100
        self.scheme = SimpleNamespace(granularity="b32")
        self.checked = 0

    def guess_ops(self, *_: object) -> tuple[()]:
        return ()

    def feed(self, ids: Sequence[int], _cancel: object, *, probed: bool) -> Iterator[int]:
        assert not probed
        self.cached_ids += ids
        yield 1

    def last_logits(self) -> np.ndarray:
        row: np.ndarray = self._logits[self.cached_ids[-1]]
        return row

    def verify(self, ids: Sequence[int], _cancel: object) -> np.ndarray:
        self.checked += 1
        self.cached_ids.append(ids[0])
        rows: np.ndarray = self._logits[list(ids)]
        return rows


def answer(model: Chain, prompt: list[int], chances: Sequence[float]) -> tuple[int, ...]:
    steps = Steps(model, prompt, looks_up=True)  # type: ignore[arg-type]
    sampler = Sampler(Sampling(temperature=1, top_k=0, top_p=1), prompt)
    drawing = HostDrawing(steps, sampler)
    model.cached_ids = [*prompt[:-1]]
    list(model.feed(prompt[-1:], None, probed=False))
    left = iter(chances)
    sampler.random = SimpleNamespace(random=lambda: next(left))  # type: ignore[assignment]
    tokens = []
    for _ in chances:
        tokens.append(drawing.next().token_id)
        drawing.feed(tokens[-1])
    assert model.cached_ids == [*prompt, *tokens]
    return tuple(tokens)


def likelihood(table: Table, newest: int, tokens: Sequence[int]) -> Fraction:
    share = Fraction(1)
    for token in tokens:
        share *= Fraction(table[newest][token], 4)
        newest = token
    return share


quarters = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(
    lambda cuts: (min(cuts), max(cuts) - min(cuts), 4 - max(cuts))
)
tables = st.tuples(quarters, quarters, quarters)


@pytest.fixture(scope="module", autouse=True)
def eager() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        widest = lambda _, tokens: max(width for width in WIDTHS if width <= len(tokens))  # noqa: E731
        patch.setattr(PassTimes, "best_width", widest)
        yield


@settings(max_examples=15)
@given(tables, st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_each_answer_comes_as_often_as_it_is_likely(table: Table, prompt: list[int]) -> None:
    model = Chain(table)
    counts = Counter(answer(model, prompt, chances) for chances in product(MIDDLES, repeat=DRAWN))
    assert all(
        Fraction(count, 4**DRAWN) == likelihood(table, prompt[-1], tokens) for tokens, count in counts.items()
    )


def test_right_and_wrong_guesses_are_among_them() -> None:
    model = Chain(((2, 1, 1), (0, 3, 1), (2, 0, 2)))
    held = [answer(model, [0, 1, 2, 0], (chance,) * 8) for chance in MIDDLES]
    assert 4 < model.checked < 4 * 8
    assert len(set(held)) > 1
