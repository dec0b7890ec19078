"""KL divergence and its company against the formulas, written the slow and obvious way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import Cancelled, RequestError
from gpu.evaluate.divergence import (
    PERCENTILES,
    Divergence,
    Position,
    compare,
    compare_rows,
    measure_divergence,
    percentiles,
)
from tests.gpu.sentences import is_one_sentence

VOCABULARY = 11
spreads = st.floats(0.01, 30)
seeds = st.integers(0, 10_000)


def logits_of(seed: int, spread: float, size: int = VOCABULARY) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(size) * spread).astype(np.float32)


def softmax(logits: np.ndarray) -> list[float]:
    top = max(map(float, logits))
    weights = [math.exp(float(value) - top) for value in logits]
    return [weight / math.fsum(weights) for weight in weights]


def kl(p: list[float], q: list[float]) -> float:
    return math.fsum(a * math.log(a / b) for a, b in zip(p, q, strict=True) if a)


class Table:
    """A "model" whose logits depend on the token alone."""

    def __init__(self, seed: int, rows_at_once: int) -> None:
        self._rows = np.stack([logits_of(seed + token, 2) for token in range(VOCABULARY)])
        self._at_once = rows_at_once
        self.rewound = 0

    def rewind(self, tokens: int) -> None:
        assert tokens == 0
        self.rewound += 1

    def all_logits(self, ids: Sequence[int], _cancel: object) -> Iterator[np.ndarray]:
        for start in range(0, len(ids), self._at_once):
            yield self._rows[list(ids[start : start + self._at_once])]

    def row(self, token: int) -> np.ndarray:
        return self._rows[token]


@given(seeds, seeds, spreads)
def test_it_is_the_formula(seed: int, other: int, spread: float) -> None:
    reference, scheme = logits_of(seed, spread), logits_of(other, spread)
    target = seed % VOCABULARY
    p, q = softmax(reference), softmax(scheme)
    found = compare(reference, scheme, target)
    assert found.kl_nats == pytest.approx(kl(p, q), rel=1e-9, abs=1e-12)
    assert found.kl_nats >= 0
    assert found.reference_probability == pytest.approx(p[target], rel=1e-9)
    assert found.scheme_probability == pytest.approx(q[target], rel=1e-9)
    assert found.same_top == (int(np.argmax(reference)) == int(np.argmax(scheme)))


@given(seeds, spreads)
def test_a_distribution_is_at_no_distance_from_itself(seed: int, spread: float) -> None:
    logits = logits_of(seed, spread)
    found = compare(logits, logits.copy(), 0)
    assert found.kl_nats == 0
    assert found.same_top


@given(seeds, st.integers(-64, 64), st.integers(-64, 64))
def test_adding_a_constant_to_all_logits_changes_nothing(seed: int, first: int, second: int) -> None:
    a, b = (np.round(logits_of(seed + i, 3) * 64) / np.float32(64) for i in (0, 1))
    shifted = compare(a + np.float32(first), b + np.float32(second), 2)
    assert shifted.kl_nats == pytest.approx(compare(a, b, 2).kl_nats, rel=1e-9, abs=1e-12)


def test_a_small_distance_is_not_lost_in_rounding() -> None:
    """For logits that differ by ε·d it is ε²/2 · Var_p(d) to the leading order."""
    logits, step = logits_of(1, 2, 151_936).astype(np.float64), logits_of(2, 1, 151_936).astype(np.float64)
    a = logits.astype(np.float32)
    b = (a.astype(np.float64) + 2.0**-10 * step).astype(np.float32)
    d = b.astype(np.float64) - a
    p = np.exp(a.astype(np.float64) - a.max())
    p /= p.sum()
    assert compare(a, b, 0).kl_nats == pytest.approx((p @ d**2 - (p @ d) ** 2) / 2, rel=1e-3)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_a_broken_model_is_infinitely_far(broken: float) -> None:
    found = compare(logits_of(1, 1), np.full(VOCABULARY, broken, np.float32), 3)
    assert found.kl_nats == math.inf
    assert not found.same_top
    assert math.isfinite(found.scheme_probability)


def test_summaries_of_known_positions() -> None:
    found = Divergence.of(
        [Position(0, 0.5, 0.5, True), Position(1, 0.5, 0.25, False), Position(0.5, 0.25, 0.5, True)]
    )
    assert found.mean_kl == 0.5
    assert found.same_top_share == pytest.approx(2 / 3)
    assert found.first_divergence == 1
    assert found.delta_p.tolist() == [0, -0.25, 0.25]
    assert found.rms_delta_p == pytest.approx(math.sqrt(2 / 3) / 4)
    assert found.perplexity_ratio == pytest.approx(1)
    assert Divergence.of([Position(0, 1, 1, True)]).first_divergence is None


def test_percentiles_are_those_of_the_values() -> None:
    found = percentiles(np.arange(1001.0))
    assert list(found) == list(PERCENTILES)
    assert found[50] == 500
    assert found[99.9] == pytest.approx(999)


@pytest.mark.parametrize(("rows", "other_rows", "window"), [(8, 8, 100), (3, 5, 6), (1, 8, 2)])
def test_a_text_is_compared_after_every_token_but_each_windows_last(
    rows: int, other_rows: int, window: int
) -> None:
    reference, scheme = Table(1, rows), Table(50, other_rows)
    ids = np.random.default_rng(0).integers(0, VOCABULARY, 17).tolist()
    done: list[int] = []
    found = measure_divergence(reference, scheme, ids, window, done.append)
    expected = [
        compare(reference.row(ids[i]), scheme.row(ids[i]), ids[i + 1])
        for i in range(len(ids) - 1)
        if (i + 1) % window
    ]
    assert found.kl_nats.tolist() == [position.kl_nats for position in expected]
    assert found.scheme_probability.tolist() == [position.scheme_probability for position in expected]
    assert done == sorted(done)
    assert reference.rewound == scheme.rewound == math.ceil(len(ids) / window)


def test_two_streams_of_different_lengths_are_a_mistake() -> None:
    row = logits_of(1, 1)
    with pytest.raises(ValueError, match="shorter"):
        list(compare_rows([row, row], [row], [0, 0]))


@pytest.mark.parametrize(("ids", "window"), [((), 8), ((1,), 8), ((1, 2, 3), 1)])
def test_too_little_to_compare_is_refused(ids: tuple[int, ...], window: int) -> None:
    with pytest.raises(RequestError) as error:
        measure_divergence(Table(1, 8), Table(2, 8), ids, window)
    assert is_one_sentence(str(error.value))
    with pytest.raises(RequestError):
        Divergence.of([])


def test_it_can_be_cancelled_between_positions() -> None:
    asked: list[int] = []

    def cancel() -> bool:
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        measure_divergence(Table(1, 8), Table(2, 8), (1, 2, 3, 4, 5, 6), 6, cancel=cancel)
