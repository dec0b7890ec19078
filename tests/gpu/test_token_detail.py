"""Probability, entropy and alternatives of a token against their definitions in f64."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.token_detail import likeliest, token_detail

VOCABULARY = 151_936  # Qwen3's


def softmax(logits: np.ndarray) -> np.ndarray:
    wide = logits.astype(np.float64)
    weights = np.exp(wide - wide.max())
    return weights / weights.sum()


def entropy(logits: np.ndarray) -> float:
    shares = softmax(logits)
    return float(-sum(share * np.log(share) for share in shares if share > 0))


logits_and_token = st.integers(0, 10_000).flatmap(
    lambda seed: st.tuples(st.just(seed), st.integers(1, 60), st.floats(0.1, 40))
)


@given(logits_and_token)
def test_it_is_what_the_definitions_say(drawn: tuple[int, int, float]) -> None:
    seed, size, spread = drawn
    random = np.random.default_rng(seed)
    logits = (random.standard_normal(size) * spread).astype(np.float32)
    token = int(random.integers(size))
    detail = token_detail(logits, token, chance=0.25)
    shares = softmax(logits)
    order = np.argsort(-shares, kind="stable")[:8]
    assert (detail.token_id, detail.chance) == (token, 0.25)
    assert detail.probability == pytest.approx(shares[token], rel=1e-4, abs=1e-30)
    assert detail.entropy_nats == pytest.approx(entropy(logits), rel=1e-4, abs=1e-5)
    assert detail.top_ids == tuple(np.argsort(-logits, kind="stable")[:8].tolist())
    assert detail.top_probabilities == pytest.approx(shares[order], rel=1e-4, abs=1e-30)


def test_a_real_vocabulary_keeps_its_precision() -> None:
    logits = (np.random.default_rng(3).standard_normal(VOCABULARY) * 3).astype(np.float32)
    detail = token_detail(logits, 17)
    assert detail.entropy_nats == pytest.approx(entropy(logits), rel=1e-5)
    assert detail.probability == pytest.approx(softmax(logits)[17], rel=1e-4)


def test_a_level_distribution_has_the_largest_entropy() -> None:
    detail = token_detail(np.full(1000, -7.5, np.float32), 3)
    assert detail.entropy_nats == pytest.approx(np.log(1000), rel=1e-6)
    assert detail.probability == pytest.approx(1 / 1000)
    assert detail.top_ids == tuple(sorted(detail.top_ids))


def test_a_certain_choice_has_none() -> None:
    logits = np.full(1000, -np.inf, np.float32)
    logits[5] = 2
    detail = token_detail(logits, 5)
    assert detail.entropy_nats == pytest.approx(0, abs=1e-6)
    assert detail.probability == pytest.approx(1)
    assert detail.top_ids[0] == 5


def test_adding_a_constant_to_the_logits_changes_nothing() -> None:
    logits = np.linspace(-3, 3, 64, dtype=np.float32)
    a, b = token_detail(logits, 9), token_detail(logits + np.float32(4), 9)
    assert a.top_ids == b.top_ids
    assert a.probability == pytest.approx(b.probability, rel=1e-5)
    assert a.entropy_nats == pytest.approx(b.entropy_nats, rel=1e-5)


def test_equal_scores_come_in_the_order_of_their_ids() -> None:
    assert likeliest(np.array([1, 2, 2, 0, 2], np.float32), 3).tolist() == [1, 2, 4]
