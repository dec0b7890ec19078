"""Sampling against its definitions, written the slow and obvious way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gpu.errors import RequestError
from gpu.sampling import Sampler, Sampling, candidates
from tests.gpu.sentences import is_one_sentence

PLAIN = Sampling(temperature=1, top_k=0, top_p=1, min_p=0)
SPREAD = np.array([1.5, -0.5, 2.0, 0.25, -3.0, 1.0, 0.0], np.float32)
# Multiples of 1/16, all different: no ties, and far from any boundary's rounding.
distinct_logits = st.lists(st.integers(-160, 160), min_size=1, max_size=40, unique=True).map(
    lambda steps: np.array(steps, np.float32) / 16
)
samplings = st.builds(
    Sampling,
    temperature=st.sampled_from([0.1, 0.5, 0.7, 1.0, 1.3, 5.0]),
    top_k=st.integers(0, 45),
    top_p=st.floats(0, 1),
    min_p=st.floats(0, 1),
)


def softmax(values: list[float]) -> list[float]:
    weights = [np.exp(value - max(values)) for value in values]
    return [weight / sum(weights) for weight in weights]


def allowed(logits: np.ndarray, sampling: Sampling) -> dict[int, float]:
    """Token → probability after temperature, top-k, top-p and min-p, normalised after top-k."""
    order = sorted(range(len(logits)), key=lambda i: -logits[i])
    order = order[: sampling.top_k] if sampling.top_k else order
    shares = softmax([float(logits[i]) / sampling.temperature for i in order])
    nucleus, total = {}, 0.0
    for token, share in zip(order, shares, strict=True):
        if nucleus and total >= sampling.top_p:
            break
        assume(abs(total - sampling.top_p) > 1e-9)
        nucleus[token], total = share, total + share
    assume(all(abs(share - sampling.min_p * shares[0]) > 1e-12 for share in shares[1:]))
    return {token: share for token, share in nucleus.items() if share >= sampling.min_p * shares[0]}


@given(distinct_logits, samplings)
def test_candidates_are_those_of_the_definitions(logits: np.ndarray, sampling: Sampling) -> None:
    expected = allowed(logits, sampling)
    ids, probabilities = candidates(logits, sampling)
    assert ids.tolist() == list(expected)
    np.testing.assert_allclose(probabilities, list(expected.values()), rtol=1e-9)


@given(distinct_logits, samplings, st.integers(0, 1000))
def test_only_candidates_are_drawn(logits: np.ndarray, sampling: Sampling, seed: int) -> None:
    sampler = Sampler(replace(sampling, seed=seed), ())
    ids, _ = candidates(logits, sampling)
    assert {sampler.draw(logits) for _ in range(5)} <= set(ids.tolist())


FILTERS = (
    PLAIN,
    replace(PLAIN, temperature=0.5),
    replace(PLAIN, temperature=100),
    replace(PLAIN, top_k=3),
    replace(PLAIN, top_p=0.8),
    replace(PLAIN, min_p=0.3),
    Sampling(temperature=0.8, top_k=5, top_p=0.95, min_p=0.05),
)


@pytest.mark.parametrize("sampling", FILTERS)
def test_frequencies_are_the_probabilities(sampling: Sampling) -> None:
    """Pearson's statistic of 4,000 draws; of up to six degrees of freedom, 22.5 is exceeded once in 1,000."""
    ids, probabilities = candidates(SPREAD, sampling)
    sampler = Sampler(replace(sampling, seed=3), ())
    drawn = Counter(sampler.draw(SPREAD) for _ in range(4000))
    expected = probabilities / probabilities.sum() * 4000
    observed = np.array([drawn[token] for token in ids.tolist()])
    assert observed.sum() == 4000
    assert ((observed - expected) ** 2 / expected).sum() < 22.5


def test_temperature_zero_takes_the_best_and_the_first_of_equals() -> None:
    sampler = Sampler(replace(PLAIN, temperature=0), ())
    assert sampler.draw(np.array([0, 3, 1, 3], np.float32)) == 1


@pytest.mark.filterwarnings("error")
def test_the_smallest_temperature_takes_the_best() -> None:
    assert Sampler(replace(PLAIN, temperature=5e-324), ()).draw(SPREAD) == 2


@pytest.mark.parametrize("top_k", [1, 2, 4])
def test_ties_at_the_boundary_keep_k_tokens(top_k: int) -> None:
    ids, _ = candidates(np.zeros(9, np.float32), replace(PLAIN, top_k=top_k))
    assert len(set(ids.tolist())) == top_k


def test_tokens_of_no_probability_are_never_drawn() -> None:
    logits = np.full(50, -np.inf, np.float32)
    logits[[7, 30]] = 0
    sampler = Sampler(replace(PLAIN, seed=0), ())
    assert {sampler.draw(logits) for _ in range(200)} == {7, 30}


def test_equal_seeds_draw_equal_tokens() -> None:
    def draws(seed: int | None) -> list[int]:
        sampler = Sampler(replace(PLAIN, seed=seed), ())
        return [sampler.draw(SPREAD) for _ in range(50)]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)
    assert draws(None) != draws(None)


@given(
    distinct_logits,
    st.lists(st.integers(0, 39), max_size=10),
    st.lists(st.integers(0, 39), max_size=4),
    st.sampled_from([0.5, 1.0, 1.3, 2.0]),
    st.sampled_from([-1.0, 0.0, 0.7]),
)
def test_penalties_are_those_of_the_definitions(
    logits: np.ndarray, prompt: list[int], answer: list[int], repetition: float, presence: float
) -> None:
    prompt = [token % len(logits) for token in prompt]
    greedy = replace(PLAIN, temperature=0, repetition_penalty=repetition, presence_penalty=presence)
    sampler, generated = Sampler(greedy, prompt), set()
    for _ in answer:
        scores = [
            penalized(float(logits[i]), i, {*prompt, *generated}, generated, greedy)
            for i in range(len(logits))
        ]
        token = sampler.draw(logits)
        assert scores[token] >= max(scores) - 1e-5
        generated.add(token)


def penalized(score: float, token: int, context: set[int], generated: set[int], sampling: Sampling) -> float:
    if token in context:
        score = score / sampling.repetition_penalty if score > 0 else score * sampling.repetition_penalty
    return score - sampling.presence_penalty if token in generated else score


def test_drawing_does_not_change_the_logits() -> None:
    logits = SPREAD.copy()
    sampler = Sampler(Sampling(repetition_penalty=2, presence_penalty=1, seed=0), (0, 1))
    for _ in range(5):
        sampler.draw(logits)
    np.testing.assert_array_equal(logits, SPREAD)


@pytest.mark.parametrize(
    "fields",
    [
        {"temperature": -0.1},
        {"temperature": 100.1},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"top_k": -1},
        {"top_p": 1.01},
        {"top_p": -0.01},
        {"min_p": 2.0},
        {"repetition_penalty": 0.0},
        {"repetition_penalty": float("nan")},
        {"presence_penalty": 1000.0},
        {"seed": -1},
    ],
)
def test_values_out_of_range_are_refused(fields: dict[str, float]) -> None:
    with pytest.raises(RequestError) as failure:
        Sampling(**fields)
    assert is_one_sentence(str(failure.value))
    assert next(iter(fields)) in str(failure.value)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("place", [0, 3, 6])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_logits_of_a_broken_model_are_refused(temperature: float, place: int, value: float) -> None:
    logits = SPREAD.copy()
    logits[place] = value
    sampler = Sampler(replace(PLAIN, temperature=temperature, repetition_penalty=1.1), (3,))
    with pytest.raises(RequestError, match="not a number") as failure:
        sampler.draw(logits)
    assert is_one_sentence(str(failure.value))


@given(distinct_logits, samplings, st.integers(0, 1000))
def test_the_chance_of_the_token_drawn_is_its_share_of_the_candidates(
    logits: np.ndarray, sampling: Sampling, seed: int
) -> None:
    sampler = Sampler(replace(sampling, seed=seed), ())
    token = sampler.draw(logits)
    ids, probabilities = candidates(logits, sampling)
    place = ids.tolist().index(token)
    assert sampler.chance == pytest.approx(probabilities[place] / probabilities.sum())


def test_what_is_written_already_counts_as_generated() -> None:
    sampling = Sampling(temperature=0, presence_penalty=10)
    assert Sampler(sampling, (2,)).draw(SPREAD) == 2
    assert Sampler(sampling, (), (2,)).draw(SPREAD) == 0
    assert Sampler(replace(sampling, presence_penalty=0, repetition_penalty=50), (), (2,)).draw(SPREAD) == 0
