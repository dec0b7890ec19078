"""Edges of the bar: what they turn, and what gives way."""

from __future__ import annotations

import pytest

from app.calculator.knobs import CACHE, TOTAL, WEIGHTS, is_embedding, knob_of
from app.calculator.moves import Drag, Step, move, stepped
from gpu.calculator.estimate import estimate
from tests.app.calculator.cases import asked

KV_PER_TOKEN = 112 * 1024
NAMES = ("embedding", "embedding and head, tied", "head", "MLP down")
CODES = 220_200_960  # 440,401,920 weights of the layers at 4 bits


def test_an_edge_turns_the_first_knob_that_is_not_locked() -> None:
    assert knob_of(CACHE, frozenset()) == "context"
    assert knob_of(CACHE, frozenset({"context"})) == "batch"
    assert knob_of(WEIGHTS, frozenset({"bits"})) is None
    assert knob_of(TOTAL, frozenset({"context", "batch", "chats", "kv"})) == "bits"


def test_the_edge_of_the_cache_gives_the_context_that_fills_it() -> None:
    moved = move(asked(), Drag(CACHE, 20_000 * KV_PER_TOKEN), frozenset(), None)
    assert 20_000 - 256 < moved.inputs.context_tokens <= 20_000
    assert moved.inputs.context_tokens % 256 == 0
    assert moved.sentence == ""


def test_with_the_context_locked_it_turns_the_batch() -> None:
    moved = move(asked(), Drag(CACHE, 4.5 * 8192 * KV_PER_TOKEN), frozenset({"context"}), None)
    assert (moved.inputs.context_tokens, moved.inputs.batch) == (8192, 4)


def test_the_edge_of_the_weights_snaps_to_the_nearest_bits() -> None:
    assert move(asked(), Drag(WEIGHTS, 2.1 * CODES), frozenset(), None).inputs.scheme.weight_bits == 8
    assert move(asked(), Drag(WEIGHTS, 0.0), frozenset(), None).inputs.scheme.weight_bits == 2


def test_what_no_longer_fits_makes_something_else_give_way() -> None:
    full = estimate(asked()).total_bytes
    moved = move(asked(), Drag(WEIGHTS, 2 * CODES), frozenset(), full)
    assert moved.inputs.scheme.weight_bits == 8
    assert moved.inputs.context_tokens < 8192 or moved.inputs.scheme.kv_bits < 16
    assert moved.sentence.startswith("To fit: ")
    assert estimate(moved.inputs).total_bytes <= full


def test_a_lock_is_kept_and_if_nothing_is_left_that_is_said() -> None:
    locks = frozenset({"context", "batch", "chats", "kv"})
    moved = move(asked("W8A8"), Step(WEIGHTS, 1), locks, estimate(asked("W8A8")).total_bytes)
    assert moved.inputs.scheme.weight_bits == 16
    assert (moved.inputs.context_tokens, moved.inputs.scheme.kv_bits) == (8192, 16)
    assert moved.sentence == "Nothing that is unlocked makes it fit."
    assert move(asked(), Step(WEIGHTS, 1), frozenset({"bits"}), None).inputs == asked()


def test_the_edge_of_all_of_it_is_solved_for() -> None:
    total = estimate(asked()).total_bytes
    less = move(asked(), Drag(TOTAL, 0.8 * total), frozenset(), None)
    assert estimate(less.inputs).total_bytes <= 0.8 * total
    more = move(asked(), Drag(TOTAL, 1.5 * total), frozenset(), None)
    assert more.inputs.context_tokens > 8192
    assert estimate(more.inputs).total_bytes <= 1.5 * total


@pytest.mark.parametrize(
    ("knob", "steps", "value"),
    [
        ("context", 1, 9216),
        ("context", -100, 256),
        ("context", 1000, 40_960),
        ("batch", 2, 3),
        ("chats", -5, 1),
    ],
)
def test_steps_are_whole_and_stay_within_the_models_limit(knob: str, steps: int, value: int) -> None:
    inputs = stepped(asked(), knob, steps)
    assert getattr(inputs, "context_tokens" if knob == "context" else knob) == value


def test_steps_of_bits_end_at_the_last_ones() -> None:
    assert stepped(asked(), "bits", 2).scheme.weight_bits == 6
    assert stepped(asked(), "bits", 99).scheme.weight_bits == 16
    assert stepped(asked(), "kv", -1).scheme.kv_bits == 8


def test_embeddings_are_told_from_other_weights() -> None:
    assert [is_embedding(name) for name in NAMES] == [True, True, True, False]
