"""States copied off the device and back: a model goes on with them as if they had stayed, to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu.checkpoints import Checkpoint
from gpu.device import Gpu
from gpu.kernels.heads import CacheLayer, Heads
from gpu.model import LoadOptions, Model
from gpu.prefix_cache import BLOCK_TOKENS
from gpu.qwen3.kv_cache import allocate_layer
from gpu.qwen3.kv_states import KvStates, Prefixes
from gpu.scheme import Scheme
from tests.golden.qwen3.checkpoints import SPECS

SPEC = SPECS[0]
CONTEXT = 3 * BLOCK_TOKENS
HEADS = Heads(4, 2, 64, 1e-6)
TALKS = np.random.default_rng(4).integers(0, SPEC.vocab_size, (3, CONTEXT)).tolist()


@pytest.fixture(scope="module", params=["W16A16", "W4A8", "W4A8+kv8", "W4A8+kv4"])
def loaded(
    request: pytest.FixtureRequest, device_of_module: Gpu, golden_checkpoint: Callable[[str], Checkpoint]
) -> Iterator[Model]:
    options = LoadOptions(CONTEXT, prefix_bytes=1 << 30)
    checkpoint = golden_checkpoint(SPEC.name)
    model = Model.load(device_of_module, checkpoint, Scheme.parse(request.param), options)
    yield model
    model.close()


def enter(model: Model, ids: list[int]) -> tuple[int, np.ndarray]:
    """Tokens that were not computed, and the logits after the last."""
    reused = model.resume(ids)
    assert model.cached_ids == ids[:reused]
    list(model.feed(ids[reused:]))
    return reused, model.last_logits()


def test_back_in_another_conversation_only_the_last_token_is_computed(loaded: Model) -> None:
    ids = TALKS[0][: BLOCK_TOKENS + 37]
    enter(loaded, ids)
    reused, stayed = enter(loaded, ids)
    assert reused == len(ids) - 1
    enter(loaded, TALKS[1][:200])
    reused, back = enter(loaded, ids)
    assert reused == len(ids) - 1
    np.testing.assert_array_equal(back, stayed)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(40, CONTEXT - 8)), min_size=2, max_size=6))
def test_turns_and_branches_never_read_a_prompt_twice(loaded: Model, turns: list[tuple[int, int]]) -> None:
    """A branch leaves the first talk at a third of the context; each talk is computed whole once."""
    fork = CONTEXT // 3 + 5
    talks = [TALKS[0], TALKS[0][:fork] + TALKS[1][fork:], TALKS[2]]
    expected = {turn: after_all(loaded, talks[turn[0]], turn[1])[1] for turn in turns}
    for turn in turns:
        reused, logits = after_all(loaded, talks[turn[0]], turn[1])
        assert reused == turn[1] - 1
        np.testing.assert_array_equal(logits, expected[turn])


def after_all(model: Model, ids: list[int], length: int) -> tuple[int, np.ndarray]:
    """Back to the first tokens of a talk, from the whole of it.

    A token computed by itself differs in its last bits from one in a prompt, so another
    talk takes the place of what an earlier call left.
    """
    enter(model, TALKS[1][:50])
    enter(model, ids[:-1])
    return enter(model, ids[:length])


def test_what_was_computed_under_an_experiment_is_not_kept(loaded: Model) -> None:
    class Nothing:
        def before(self, *_: object) -> list[object]:
            return []

        def after(self, *_: object) -> list[object]:
            return []

    ids = [7] * 100
    loaded.instrument(Nothing())
    enter(loaded, ids)
    enter(loaded, TALKS[2][:50])
    assert loaded.resume(ids) == 0
    loaded.instrument()
    assert loaded.resume(ids) == 0


def test_without_a_limit_nothing_is_copied() -> None:
    class Untouched(KvStates):
        def __init__(self) -> None:
            """No cache, so that a copy would fail."""

    prefixes = Prefixes(Untouched(), 0)
    assert prefixes.exchange(TALKS[0], TALKS[1], 0) == 0
    assert prefixes.exchange(TALKS[1], TALKS[0], 0) == 0


@pytest.mark.parametrize("kind", ["buffer_f32", "buffer_f16", "texture_f16", "buffer_q8", "texture_q4"])
@given(first=st.integers(0, 5), spans=st.integers(1, 4), data=st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_spans_come_back_and_their_neighbours_stay(
    device_of_module: Gpu, kind: str, first: int, spans: int, data: object
) -> None:
    gpu, random = device_of_module, np.random.default_rng(data.randrange(1 << 30))  # type: ignore[attr-defined]
    layers: list[CacheLayer] = [allocate_layer(gpu, HEADS, 77, kind, f"layer {i}") for i in range(2)]
    states = KvStates(gpu, layers, 77)
    before = tuple(random.integers(0, 256, part.shape, np.uint8) for part in states.read(0, 10))
    states.write(0, before)
    new = tuple(random.integers(0, 256, (spans, part.shape[1]), np.uint8) for part in before)
    states.write(first, new)
    for was, put, now in zip(before, new, states.read(0, 10), strict=True):
        was[first : first + spans] = put
        np.testing.assert_array_equal(now, was)
    for layer in layers:
        gpu.ledger.release(layer.keys)
        gpu.ledger.release(layer.values)
