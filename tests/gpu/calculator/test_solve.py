from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu.calculator.estimate import estimate
from gpu.calculator.fitting import KNOBS
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.solve import alternatives, solve, suggestion
from gpu.scheme import Scheme
from tests.gpu.released import subject_of

GIB = 2**30
WISH = CalculatorInputs(subject_of("qwen3-0.6b"), Scheme.parse("W16A16"), 32_768, batch=2)
locks = st.sets(st.sampled_from(KNOBS)).map(frozenset)


def values(inputs: CalculatorInputs) -> dict[str, int]:
    scheme = inputs.scheme
    return {
        "context": inputs.context_tokens,
        "kv": scheme.kv_bits,
        "batch": inputs.batch,
        "chats": inputs.chats,
        "bits": scheme.weight_bits,
    }


@settings(max_examples=25, deadline=None)
@given(locks, st.integers(10**8, 20 * 10**9))
def test_a_solution_fits_and_keeps_what_is_locked_or_says_that_it_cannot(
    locked: frozenset[str], capacity: int
) -> None:
    found = solve(WISH, locked, capacity)
    assert found.estimate.total_bytes == estimate(found.inputs).total_bytes
    assert found.fits == (found.estimate.total_bytes <= capacity)
    before, after = values(WISH), values(found.inputs)
    turned = {knob for knob in KNOBS if before[knob] != after[knob]}
    assert turned == {change.knob for change in found.changes}
    assert not turned & locked
    assert all(after[knob] <= before[knob] for knob in KNOBS)
    if not found.fits:
        assert (found.inputs, found.changes) == (WISH, ())


def test_what_fits_is_left_as_it_is() -> None:
    assert solve(WISH, frozenset(), 40 * GIB).changes == ()


def test_everything_locked_solves_nothing() -> None:
    found = solve(WISH, frozenset(KNOBS), GIB)
    assert not found.fits
    assert "unlock something" in found.sentence


def test_nothing_fits_in_nothing() -> None:
    assert not solve(WISH, frozenset(), 1000).fits
    assert suggestion(WISH, 1000).startswith("no scheme would fit")


@pytest.mark.parametrize("locked", [frozenset(), frozenset({"bits"}), frozenset({"context"})])
def test_alternatives_all_fit_and_turn_different_knobs(locked: frozenset[str]) -> None:
    ways = alternatives(WISH, locked, 4 * GIB)
    assert 1 <= len(ways) <= 3
    knobs = [frozenset(change.knob for change in way.changes) for way in ways]
    assert len(set(knobs)) == len(knobs)
    assert not any(better <= worse for better, worse in itertools.combinations(knobs, 2))
    assert all(way.estimate.total_bytes <= 4 * GIB for way in ways)
    assert not any(turned & locked for turned in knobs)


def test_a_cache_that_is_too_long_is_shortened_or_the_weights_give_way() -> None:
    """8 B at 16 bits needs 16.4 GB of weights: 18 GiB leave room for a cache of 8 bits or a short context."""
    wish = CalculatorInputs(subject_of("qwen3-8b"), Scheme.parse("W16A16"), 32_768)
    first = alternatives(wish, frozenset(), 18 * GIB)[0]
    assert [change.knob for change in first.changes] == ["kv", "bits"]
    assert str(first.inputs.scheme) == "W8A8"
    kept = alternatives(wish, frozenset({"bits"}), 18 * GIB)
    assert {str(way.inputs.scheme.weight_bits) for way in kept} == {"16"}
    assert [str(way.inputs.scheme) for way in kept] == ["W16A16+kv8", "W16A16"]
    assert kept[1].changes[0].before == "32,768 tokens"


def test_what_runs_is_not_exchanged_for_what_does_not() -> None:
    for way in alternatives(replace(WISH, scheme=Scheme.parse("W8A8")), frozenset(), GIB):
        assert way.estimate.refusal is None


def test_batches_and_chats_are_given_up_by_halves() -> None:
    wish = replace(WISH, scheme=Scheme.parse("W4A8"), batch=8, chats=4)
    locked = frozenset({"context", "kv", "bits"})
    found = solve(wish, locked, 20 * GIB)
    assert found.fits
    assert (found.inputs.batch, found.inputs.chats) == (1, 4)
    assert found.sentence == "W4A8 with a context of 32,768 tokens, 4 chats would fit."
