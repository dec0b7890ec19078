"""Estimates: their parts, formulas and words."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu.budget import PURPOSES
from gpu.calculator.estimate import ADAPTERS_UNKNOWN, estimate, totals, verdict
from gpu.calculator.inputs import CalculatorInputs, Lora
from gpu.calculator.subject import Subject
from gpu.errors import RequestError
from gpu.scheme import Scheme
from tests.gpu.formulas import evaluate
from tests.gpu.released import RELEASED, shape_of, subject_of
from tests.gpu.sentences import is_one_sentence

GIB = 2**30
W4A8 = Scheme.parse("W4A8")
NUMBERS = Subject.of_numbers(8 * 10**9, layers=32, kv_heads=8, head_dim=128)
wishes = st.builds(
    CalculatorInputs,
    st.sampled_from([subject_of("qwen3-0.6b"), subject_of("qwen3-30b-a3b"), NUMBERS]),
    st.sampled_from(["W16A16", "W4A8", "W8A8@tensor", "W4-g128A16", "W3-g16A8", "W4A8+kv8", "W8A8+kv4"]).map(
        Scheme.parse
    ),
    st.integers(1, 2**18),
    st.integers(1, 64),
    st.integers(1, 8),
    st.sampled_from([None, Lora(16), Lora(8, frozenset({"q_proj", "v_proj"}), 32, 3)]),
)


def test_the_worked_example() -> None:
    wish = CalculatorInputs(NUMBERS, Scheme.parse("W4-g128A8"), 8192)
    one, eight = estimate(wish), estimate(replace(wish, batch=8))
    assert (one.weights_bytes, one.scales_bytes, one.kv_cache_bytes) == (4 * 10**9, 125 * 10**6, GIB)
    assert one.total_bytes == 4_125_000_000 + GIB
    assert eight.kv_cache_bytes == 8 * GIB > eight.weights_bytes + eight.scales_bytes
    assert any("workspace is not known" in note for note in one.notes)


@pytest.mark.parametrize(("name", "facts"), RELEASED.items())
def test_parameters_and_cache_of_every_released_model(name: str, facts: tuple[int, int]) -> None:
    found = estimate(CalculatorInputs(subject_of(name), W4A8, 8192))
    assert (shape_of(name).parameters, found.kv_bytes_per_token) == (facts[0], facts[1] * 1024)
    assert found.kv_cache_bytes == found.kv_bytes_per_token * 8192


@settings(max_examples=60, deadline=None)
@given(wishes)
def test_every_formula_gives_its_bytes(wish: CalculatorInputs) -> None:
    found = estimate(wish)
    for held in (part for term in found.terms for part in (term, *term.parts)):
        assert math.ceil(evaluate(held.formula)) == held.size_bytes
    for term in found.terms:
        assert not term.parts or sum(part.size_bytes for part in term.parts) == term.size_bytes
    assert sum(found.by_purpose().values()) == found.total_bytes
    assert set(found.by_purpose()) == set(PURPOSES)


@settings(max_examples=40, deadline=None)
@given(wishes, st.sampled_from(["context_tokens", "batch", "chats"]), st.integers(1, 1000))
def test_more_of_anything_never_takes_less(wish: CalculatorInputs, field: str, more: int) -> None:
    larger = replace(wish, **{field: getattr(wish, field) + more})
    assert estimate(larger).total_bytes >= estimate(wish).total_bytes


@settings(max_examples=8, deadline=None)
@given(wishes)
def test_more_bits_never_take_less(wish: CalculatorInputs) -> None:
    weights = [estimate(wish.with_weight_bits(bits)).weights_bytes for bits in (2, 3, 4, 5, 6, 8, 16)]
    caches = [estimate(wish.with_kv_bits(bits)).kv_cache_bytes for bits in (4, 8, 16, 32)]
    assert weights == sorted(weights)
    assert caches == sorted(caches)


@settings(max_examples=30, deadline=None)
@given(wishes)
def test_totals_are_those_of_the_estimate(wish: CalculatorInputs) -> None:
    assert totals(wish)(wish.context_tokens) == estimate(wish).total_bytes


def test_the_formula_of_the_cache_shows_its_numbers() -> None:
    found = estimate(CalculatorInputs(subject_of("qwen3-4b"), W4A8, 8192))
    (cache,) = (term for term in found.terms if term.purpose == "kv_cache")
    assert cache.formula == "2 · 36 · 8 · 128 · 8192 · 2 B"
    assert cache.symbols == "keys and values · layers · kv heads · head dimension · tokens · bytes"
    assert (cache.label, len(cache.parts)) == ("exact", 72)
    assert (
        "kv_cache, keys and values: 2 · 36 · 8 · 128 · 8192 · 2 B = 1,207,959,552 B (exact)"
        in found.to_text()
    )


def test_a_tied_embedding_is_one_term_and_an_untied_one_two() -> None:
    names = {
        name: [
            t.name for t in estimate(CalculatorInputs(subject_of(name), W4A8)).terms if t.purpose == "weights"
        ]
        for name in ("qwen3-4b", "qwen3-8b")
    }
    assert names["qwen3-4b"][0] == "embedding and head, tied"
    assert "head" not in names["qwen3-4b"]
    assert {"embedding", "head"} < set(names["qwen3-8b"])


def test_adapters_follow_their_targets() -> None:
    """q and v of 28 layers: A [8, 1024] with B [2048, 8], and A [8, 1024] with B [1024, 8]; three of them."""
    lora = Lora(8, frozenset({"q_proj", "v_proj"}), 32, 3)
    found = estimate(CalculatorInputs(subject_of("qwen3-0.6b"), W4A8, lora=lora))
    assert found.bytes_for("adapters") == 3 * 28 * 8 * ((1024 + 2048) + (1024 + 1024)) * 4
    assert ADAPTERS_UNKNOWN in estimate(CalculatorInputs(NUMBERS, W4A8, lora=lora)).notes


def test_what_else_lies_on_the_card_is_labelled() -> None:
    wish = CalculatorInputs(NUMBERS, W4A8, display_bytes=300, other_programs_bytes=200, driver_bytes=100)
    found = {term.purpose: (term.size_bytes, term.label) for term in estimate(wish).terms}
    assert found["display"] == (300, "estimated")
    assert found["other_programs"] == (200, "measured")
    assert found["driver"] == (100, "measured")
    assert estimate(wish).total_bytes - estimate(wish).engine_bytes == 600


def test_what_does_not_run_is_still_reckoned_and_said() -> None:
    odd = estimate(CalculatorInputs(subject_of("qwen3-30b-a3b"), Scheme.parse("W3A8+kv4")))
    assert odd.refusal is not None
    assert is_one_sentence(odd.refusal)
    long = estimate(CalculatorInputs(subject_of("qwen3-8b"), W4A8, 2**20))
    assert long.refusal is not None
    assert "40,960" in long.refusal
    assert long.kv_cache_bytes == 144 * 1024 * 2**20
    assert estimate(CalculatorInputs(subject_of("qwen3-8b"), W4A8)).refusal is None


def test_the_verdict_says_what_is_left_or_missing() -> None:
    found = estimate(CalculatorInputs(NUMBERS, Scheme.parse("W4-g128A8"), 8192))
    enough, short = verdict(found, 8 * GIB, "the card"), verdict(found, 4 * GIB, "the card")
    assert (enough.fits, enough.left_bytes) == (True, 8 * GIB - found.total_bytes)
    assert enough.sentence == "Fits the card and leaves 3.16 GiB."
    assert (short.fits, short.left_bytes) == (False, 4 * GIB - found.total_bytes)
    assert short.sentence == "Does not fit the card: 861.91 MiB are missing."


@pytest.mark.parametrize(
    "absurd",
    [
        {"context_tokens": 0},
        {"context_tokens": -1},
        {"context_tokens": 2**31},
        {"batch": 0},
        {"batch": 10**9},
        {"chats": -5},
        {"display_bytes": -1},
        {"other_programs_bytes": 2**70},
        {"driver_bytes": -1},
    ],
)
def test_absurd_wishes_are_refused(absurd: dict[str, int]) -> None:
    with pytest.raises(RequestError) as failure:
        CalculatorInputs(NUMBERS, W4A8, **absurd)
    assert is_one_sentence(str(failure.value))


@pytest.mark.parametrize(
    "absurd",
    [{"rank": 0}, {"rank": 10**9}, {"rank": 4, "count": 0}, {"rank": 4, "targets": frozenset({"head"})}],
)
def test_absurd_adapters_are_refused(absurd: dict[str, object]) -> None:
    with pytest.raises(RequestError) as failure:
        Lora(**absurd)
    assert is_one_sentence(str(failure.value))
