"""Where the bytes went: sizes, purposes, and a plan that counts what the same calls would take."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.device import Gpu
from gpu.ledger import PURPOSES, TEXEL_BYTES, Ledger, PlanLedger


@pytest.fixture
def ledger(model_gpu: Gpu) -> Ledger:
    return model_gpu.ledger


@pytest.mark.parametrize(("asked", "taken"), [(0, 16), (1, 16), (16, 16), (17, 32), (4096, 4096)])
def test_buffers_are_whole_sixteens_and_counted_as_they_are(ledger: Ledger, asked: int, taken: int) -> None:
    buffer = ledger.buffer("x", "norms", asked)
    assert buffer.size == taken
    assert ledger.by_purpose() == {**dict.fromkeys(PURPOSES, 0), "norms": taken}
    assert ledger.total_bytes() == taken


def test_buffers_start_as_zeros(ledger: Ledger, model_gpu: Gpu) -> None:
    assert not any(model_gpu.read(ledger.buffer("x", "probes", 4096), 4096))


def test_texture_may_serve_two_purposes(ledger: Ledger) -> None:
    texture = ledger.texture("w", {"weights": 5 * TEXEL_BYTES, "scales": TEXEL_BYTES}, 3, 2)
    assert texture.size == (3, 2, 1)
    assert (ledger.by_purpose()["weights"], ledger.by_purpose()["scales"]) == (80, 16)
    (entry,) = ledger.entries()
    assert (entry.name, entry.size_bytes, entry.resource) == ("w", 96, texture)


def test_texture_whose_purposes_do_not_add_up_is_a_mistake(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="do not add up"):
        ledger.texture("w", {"weights": 16}, 3, 2)
    assert ledger.entries() == ()


def test_unknown_purpose_is_a_mistake_and_keeps_nothing(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="fun"):
        ledger.buffer("x", "fun", 16)
    assert ledger.entries() == ()


def test_uniforms_count_as_workspace(ledger: Ledger) -> None:
    ledger.uniforms("parameters", 1024)
    assert ledger.by_purpose()["workspace"] == 1024


def test_release_strikes_out_one(ledger: Ledger) -> None:
    first, second = (ledger.buffer(name, "workspace", 16) for name in "ab")
    ledger.release(first)
    assert [entry.resource for entry in ledger.entries()] == [second]
    with pytest.raises(KeyError):
        ledger.release(first)


def test_release_all_leaves_nothing(ledger: Ledger) -> None:
    for purpose in PURPOSES:
        ledger.buffer("x", purpose, 100)
    ledger.release_all()
    assert ledger.entries() == ()
    assert ledger.total_bytes() == 0


buffers = st.tuples(st.just("buffer"), st.sampled_from(PURPOSES), st.integers(0, 5000))
uniforms = st.tuples(st.just("uniforms"), st.just("workspace"), st.integers(1, 64).map(lambda n: n * 16))
textures = st.tuples(st.just("texture"), st.sampled_from(PURPOSES), st.integers(1, 9))


def allocate(ledger: Ledger, call: tuple[str, str, int]) -> Any:
    kind, purpose, size = call
    if kind == "buffer":
        return ledger.buffer("x", purpose, size)
    if kind == "uniforms":
        return ledger.uniforms("x", size)
    return ledger.texture("x", {purpose: size * 2 * TEXEL_BYTES}, size, 2)


@given(calls=st.lists(buffers | uniforms | textures, max_size=8))
def test_plan_counts_what_is_allocated(device_of_module: Gpu, calls: list[tuple[str, str, int]]) -> None:
    real, planned = Ledger(device_of_module.device), PlanLedger()
    for call in calls:
        allocate(real, call)
        allocate(planned, call)
    assert planned.by_purpose() == real.by_purpose()
    assert planned.total_bytes() == sum(real.by_purpose().values())
    real.release_all()
    planned.release_all()
    assert planned.total_bytes() == 0
