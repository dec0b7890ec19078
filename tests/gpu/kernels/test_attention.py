"""Attention together with the kernel that fills its cache, over every kind of cache."""

from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels import attention as attention_kernel
from gpu.kernels import rope_cache as rope_kernel
from gpu.kernels.heads import Heads
from gpu.kernels.matrix import columns_for
from gpu.qwen3.kv_cache import allocate_layer
from tests.gpu.device_arrays import Bench, close

CACHES = {"buffer_f32": 2e-5, "buffer_f16": 2e-3, "texture_f16": 2e-3}
SHAPES = [(2, 2, 16), (4, 2, 24), (5, 1, 40), (8, 1, 64), (6, 2, 80), (4, 2, 128), (20, 2, 32)]


def problem(heads: Heads, tokens: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(heads.head_dim)
    qkv = rng.standard_normal((tokens, heads.qkv_width), np.float32)
    gains = rng.standard_normal((2, heads.head_dim), np.float32) + 1
    angles = rng.uniform(0, 7, (tokens, heads.head_dim // 2)).astype(np.float32)
    return qkv, gains, np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def run_passes(
    bench: Bench, heads: Heads, cache_kind: str, sizes: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Feed a sequence in passes of the given sizes; the device's output and the reference's."""
    total = sum(sizes)
    qkv, gains, table = problem(heads, total)
    cache = allocate_layer(bench.kit.gpu, heads, total, cache_kind, "test")
    gain_buffers = (bench.buffer(gains[0]), bench.buffer(gains[1]))
    rope = bench.buffer(table)
    found, position = [], 0
    for size in sizes:
        part = bench.buffer(qkv[position : position + size])
        q = bench.zeros(size * heads.q_heads * heads.padded_dim)
        out = bench.activations(np.zeros((size, heads.out_width), np.float32), coded=False)
        ops = [
            rope_kernel.rope_cache(
                bench.kit, part, rope_kernel.Rotation(heads, cache, gain_buffers, rope, q)
            ),
            *attention_kernel.attention(bench.kit, heads, cache, q, out, columns=columns_for(size)),
        ]
        bench.run(ops, size, position)
        found.append(bench.read(out.values, (size, out.stride))[:, : heads.out_width])
        position += size
    q, k, v = rope_kernel.reference(heads, qkv, (gains[0], gains[1]), table)
    return np.concatenate(found), attention_kernel.reference(q, k, v, 0, heads.window)


@pytest.mark.parametrize(("q_heads", "kv_heads", "head_dim"), SHAPES)
def test_prefill_then_decode(plain_bench: Bench, q_heads: int, kv_heads: int, head_dim: int) -> None:
    heads = Heads(q_heads, kv_heads, head_dim, 1e-6)
    found, expected = run_passes(plain_bench, heads, "buffer_f32", [13, 1, 1, 5])
    close(found, expected, CACHES["buffer_f32"])


@pytest.mark.parametrize(
    ("cache", "sizes"), [("buffer_f32", [11, 1]), ("buffer_f16", [1] * 9), ("texture_f16", [1] * 9)]
)
def test_every_cache_on_every_device(bench: Bench, cache: str, sizes: list[int]) -> None:
    found, expected = run_passes(bench, Heads(4, 2, 24, 1e-6), cache, sizes)
    close(found, expected, CACHES[cache])


@pytest.mark.parametrize("window", [1, 3, 8, 20])
def test_sliding_window(plain_bench: Bench, window: int) -> None:
    found, expected = run_passes(plain_bench, Heads(4, 2, 16, 1e-6, window), "buffer_f32", [17, 1, 9])
    close(found, expected, 2e-5)


@pytest.mark.parametrize("teams", [2, 4])
def test_teams_share_a_long_context(plain_bench: Bench, teams: int) -> None:
    plain_bench.kit.teams = teams
    found, expected = run_passes(plain_bench, Heads(4, 2, 72, 1e-6), "buffer_f32", [50, 1, 1])
    close(found, expected, 2e-5)


def test_large_scores_do_not_overflow(plain_bench: Bench) -> None:
    """Online softmax subtracts the running maximum, so scores of thousands stay finite."""
    heads = Heads(1, 1, 32, 0.0)
    cache = allocate_layer(plain_bench.kit.gpu, heads, 9, "buffer_f32", "test")
    gain = plain_bench.buffer(np.full(32, 40.0, np.float32))
    table = np.concatenate([np.ones((9, 16)), np.zeros((9, 16))], axis=1).astype(np.float32)
    qkv = np.random.default_rng(0).standard_normal((9, 96)).astype(np.float32)
    q, out = plain_bench.zeros(9 * 64), plain_bench.activations(np.zeros((9, 32), np.float32))
    to = rope_kernel.Rotation(heads, cache, (gain, gain), plain_bench.buffer(table), q)
    ops = [
        rope_kernel.rope_cache(plain_bench.kit, plain_bench.buffer(qkv), to),
        *attention_kernel.attention(plain_bench.kit, heads, cache, q, out, columns=8),
    ]
    plain_bench.run(ops, 9)
    gains = np.full(32, 40.0, np.float32)
    expected = attention_kernel.reference(*rope_kernel.reference(heads, qkv, (gains, gains), table), 0)
    close(plain_bench.read(out.values, (9, 32)), expected, 1e-3)
