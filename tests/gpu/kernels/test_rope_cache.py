"""Rotated queries, and what the kernel leaves in every kind of cache."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import wgpu

from gpu import ledger
from gpu.kernels.heads import CacheLayer, Heads
from gpu.kernels.rope_cache import Rotation, paired, reference, rope_cache, rotate
from gpu.qwen3.kv_cache import allocate_layer
from tests.gpu.device_arrays import Bench, close

HEAD_DIMS = (16, 24, 64, 72, 128)
POSITIONS = 12
TOKENS, POSITION = 5, 4  # a pass in the middle of the context


def heads_of(head_dim: int) -> Heads:
    return Heads(q_heads=6, kv_heads=2, head_dim=head_dim, epsilon=1e-6)


def problem(heads: Heads) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(heads.head_dim)
    qkv = rng.standard_normal((TOKENS, heads.qkv_width), np.float32) * 3
    gains = rng.standard_normal((2, heads.head_dim), np.float32) + 1
    angles = rng.uniform(0, 7, (POSITIONS, heads.head_dim // 2)).astype(np.float32)
    return qkv, gains, np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def run(bench: Bench, heads: Heads, kind: str) -> tuple[CacheLayer, np.ndarray]:
    """The cache after one pass, and the queries [tokens, q_heads, padded_dim]."""
    qkv, gains, table = problem(heads)
    cache = allocate_layer(bench.kit.gpu, heads, POSITIONS, kind, "test")
    q = bench.zeros(TOKENS * heads.q_heads * heads.padded_dim)
    gain_buffers = (bench.buffer(gains[0]), bench.buffer(gains[1]))
    to = Rotation(heads, cache, gain_buffers, bench.buffer(table), q)
    op = rope_cache(bench.kit, bench.buffer(qkv), to)
    bench.run([op], TOKENS, POSITION)
    return cache, bench.read(q, (TOKENS, heads.q_heads, heads.padded_dim))


def expected(heads: Heads) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As the device holds them: queries and keys with rotation partners together."""
    qkv, gains, table = problem(heads)
    q, k, v = reference(heads, qkv, (gains[0], gains[1]), table[POSITION : POSITION + TOKENS])
    return paired(q), paired(k), v


@pytest.mark.parametrize("head_dim", HEAD_DIMS)
def test_queries_are_normed_rotated_scaled_and_padded(bench: Bench, head_dim: int) -> None:
    heads = heads_of(head_dim)
    _, q = run(bench, heads, "buffer_f32")
    close(q[..., :head_dim], expected(heads)[0], 1e-6)
    assert not q[..., head_dim:].any()


@pytest.mark.parametrize("head_dim", HEAD_DIMS)
@pytest.mark.parametrize(("kind", "tolerance"), [("buffer_f32", 1e-6), ("buffer_f16", 5e-4)])
def test_keys_and_values_lie_at_their_positions(
    plain_bench: Bench, kind: str, tolerance: float, head_dim: int
) -> None:
    heads = heads_of(head_dim)
    cache, _ = run(plain_bench, heads, kind)
    for held, wanted in zip((cache.keys, cache.values), expected(heads)[1:], strict=True):
        rows = read_buffer(plain_bench, held, heads, kind)
        close(rows[POSITION : POSITION + TOKENS, :, :head_dim], wanted, tolerance)
        rows[POSITION : POSITION + TOKENS, :, :head_dim] = 0
        assert not rows.any()


def read_buffer(bench: Bench, held: Any, heads: Heads, kind: str) -> np.ndarray:
    """float32 [positions, kv_heads, padded_dim]."""
    shape = (POSITIONS, heads.kv_heads, heads.padded_dim)
    if kind == "buffer_f32":
        return bench.read(held, shape).copy()
    return in_order(bench.read(held, shape, np.float16)).astype(np.float32)


def in_order(halves: np.ndarray) -> np.ndarray:
    """Dimensions i and i + 4 of eight share a word on the device."""
    return halves.reshape(-1, 4, 2).swapaxes(1, 2).reshape(halves.shape)


@pytest.mark.parametrize("head_dim", HEAD_DIMS)
def test_texture_holds_what_the_buffer_holds(
    plain_bench: Bench, head_dim: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_TEXTURE", ledger._TEXTURE | wgpu.TextureUsage.COPY_SRC)  # to read it back
    heads = heads_of(head_dim)
    texture, _ = run(plain_bench, heads, "texture_f16")
    buffer, _ = run(plain_bench, heads, "buffer_f16")
    for drawn, held in ((texture.keys, buffer.keys), (texture.values, buffer.values)):
        halves = plain_bench.read(held, (POSITIONS, heads.kv_heads, heads.padded_dim), np.float16)
        np.testing.assert_array_equal(read_texture(plain_bench, drawn)[: halves.size], halves.reshape(-1))


def read_texture(bench: Bench, texture: Any) -> np.ndarray:
    """Its texels row by row as float16 [width · height · 8]."""
    width, height, _ = texture.size
    source = {"texture": texture, "origin": (0, 0, 0)}
    layout = {"bytes_per_row": width * ledger.TEXEL_BYTES, "rows_per_image": height}
    raw = bench.kit.gpu.device.queue.read_texture(source, layout, (width, height, 1))
    return np.frombuffer(raw, np.float16)


def test_rotation_keeps_lengths_and_depends_on_distance_only() -> None:
    """RoPE's two properties, on the reference: |R x| = |x|, and ⟨R_m x, R_n y⟩ is a function of m − n."""
    rng = np.random.default_rng(0)
    angles = np.arange(20)[:, None] * 10_000.0 ** (-np.arange(8) / 8)
    table = np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
    x, y = rng.standard_normal((2, 1, 1, 16))
    turned_x, turned_y = (rotate(np.repeat(v, 20, axis=0), table)[:, 0] for v in (x, y))
    np.testing.assert_allclose(np.linalg.norm(turned_x, axis=1), np.linalg.norm(x))
    products = turned_x @ turned_y.T
    for distance in (-7, 0, 3):
        np.testing.assert_allclose(np.diagonal(products, distance), np.diagonal(products, distance)[0])
