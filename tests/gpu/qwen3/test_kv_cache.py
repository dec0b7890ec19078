"""Geometry of the cache, in buffers and in textures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gpu.device import Gpu
from gpu.errors import ConfigError
from gpu.kernels.heads import Heads
from gpu.ledger import TEXEL_BYTES
from gpu.qwen3.kv_cache import allocate_layer, cache_kind, plan_layer
from tests.gpu.sentences import is_one_sentence

SIDE = 16384
heads_shapes = st.builds(
    Heads,
    q_heads=st.just(8),
    kv_heads=st.integers(1, 8),
    head_dim=st.integers(1, 16).map(lambda eighths: 8 * eighths),
    epsilon=st.just(1e-6),
)


@given(heads_shapes, st.integers(1, 300_000))
@example(Heads(8, 8, 128, 1e-6), 16 * SIDE + 1)  # one row more than the texture has
def test_texture_has_a_place_for_every_chunk_of_every_position(heads: Heads, positions: int) -> None:
    plan = plan_layer(heads, positions, "texture_f16", SIDE)
    columns = 1 << plan.positions_log2
    assert plan.width == columns * heads.kv_heads * heads.chunks <= SIDE
    assert positions <= plan.height * columns
    assert plan.height <= SIDE
    assert plan.size_bytes == plan.width * plan.height * TEXEL_BYTES
    held = plan.height * columns
    assert held < positions + 8 + columns  # no more is taken than whole rows of whole eights


@given(heads_shapes, st.integers(1, 5000), st.sampled_from([("buffer_f32", 4), ("buffer_f16", 2)]))
def test_buffer_holds_whole_eights_of_positions(heads: Heads, positions: int, kind: tuple[str, int]) -> None:
    plan = plan_layer(heads, positions, kind[0], SIDE)
    row_bytes = heads.kv_heads * heads.padded_dim * kind[1]
    assert plan.size_bytes % (8 * row_bytes) == 0
    assert 0 <= plan.size_bytes - positions * row_bytes < 8 * row_bytes


def test_a_narrow_texture_keeps_fewer_positions_a_row() -> None:
    heads = Heads(8, 8, 128, 1e-6)
    assert plan_layer(heads, 64, "texture_f16", 1024).positions_log2 == 3
    assert plan_layer(heads, 64, "texture_f16", 256).positions_log2 == 1


@pytest.mark.parametrize(("positions", "side"), [(10**7, SIDE), (64, 100)])
def test_context_that_fits_no_texture_is_stated(positions: int, side: int) -> None:
    with pytest.raises(ConfigError) as failure:
        plan_layer(Heads(8, 8, 128, 1e-6), positions, "texture_f16", side)
    assert is_one_sentence(str(failure.value))
    assert f"{positions:,}" in str(failure.value)


def test_context_beyond_the_binding_limit_is_stated(model_gpu: Gpu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_gpu, "limits", {**model_gpu.limits, "max-storage-buffer-binding-size": 4096})
    with pytest.raises(ConfigError) as failure:
        allocate_layer(model_gpu, Heads(4, 2, 64, 1e-6), 100, "buffer_f32", "layer")
    assert is_one_sentence(str(failure.value))
    assert "4,096" in str(failure.value)
    assert model_gpu.ledger.entries() == ()


@pytest.mark.parametrize("kind", ["buffer_f32", "buffer_f16", "texture_f16"])
def test_keys_and_values_are_counted_as_cache(model_gpu: Gpu, kind: str) -> None:
    heads = Heads(4, 2, 24, 1e-6)
    cache = allocate_layer(model_gpu, heads, 50, kind, "layer")
    plan = plan_layer(heads, 50, kind, model_gpu.limits["max-texture-dimension-2d"])
    assert model_gpu.ledger.by_purpose()["kv_cache"] == model_gpu.ledger.total_bytes() == 2 * plan.size_bytes
    assert (cache.kind, cache.positions_log2) == (kind, plan.positions_log2)
    assert cache.keys is not cache.values


@pytest.mark.parametrize(
    ("adapter", "without", "head_dim", "bits", "kind"),
    [
        ("software", (), 64, 16, "texture_f16"),
        ("software", (), 72, 8, "texture_q8"),
        ("software", (), 128, 4, "texture_q4"),
        ("software", (), 64, 4, "buffer_q4"),
        ("discrete", (), 128, 8, "buffer_q8"),
        ("software", ("texture",), 64, 16, "buffer_f16"),
        ("software", ("texture",), 128, 8, "buffer_q8"),
        ("discrete", (), 64, 16, "buffer_f16"),
        ("software", (), 64, 32, "buffer_f32"),
        ("discrete", (), 64, 32, "buffer_f32"),
    ],
)
def test_kind_follows_adapter_and_bits(
    gpu: Gpu, adapter: str, without: tuple[str, ...], head_dim: int, bits: int, kind: str
) -> None:
    other = replace(gpu, adapter=replace(gpu.adapter, kind=adapter), without=frozenset(without))
    assert cache_kind(other, Heads(4, 2, head_dim, 1e-6), bits) == kind
