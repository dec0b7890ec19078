"""A context split among workgroups, and what makes one answer of their parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu.kernels import attention as attention_kernel
from gpu.kernels import kv_codes
from gpu.kernels import rope_cache as rope_kernel
from gpu.kernels.attention_merge import attention_merge, reference
from gpu.kernels.heads import CacheLayer, Heads
from gpu.qwen3.kv_cache import allocate_layer
from tests.gpu.device_arrays import Bench, close
from tests.gpu.kernels.test_attention import problem

EMPTY = np.float32(-1e30)  # the maximum of a part without positions


@pytest.mark.parametrize(("shape", "parts"), [((5, 1, 40), 2), ((4, 2, 128), 16)])
def test_parts_are_weighed_by_what_they_saw(
    plain_bench: Bench, shape: tuple[int, int, int], parts: int
) -> None:
    """One of them saw nothing, one has scores far above the others'."""
    rng, heads = np.random.default_rng(parts), Heads(*shape, 1e-6)
    sums = rng.standard_normal((2, heads.q_heads, parts, heads.padded_dim), np.float32)
    sums[..., heads.head_dim :] = 0
    maxima = rng.uniform(-9, 9, sums.shape[:3]).astype(np.float32)
    weights = rng.uniform(1, 50, sums.shape[:3]).astype(np.float32)
    sums[:, 0, 1], maxima[:, 0, 1], weights[:, 0, 1] = 0, EMPTY, 0
    maxima[:, -1, 0] += 500
    ends = np.stack([maxima, weights, maxima * 0, maxima * 0], axis=-1)
    plain_bench.kit.parts = parts
    out = plain_bench.activations(np.zeros((2, heads.out_width), np.float32), coded=False)
    held = plain_bench.buffer(np.concatenate([sums, ends], axis=-1))
    no_cache = CacheLayer("buffer_f32", None, None)
    plain_bench.run([attention_merge(plain_bench.kit, heads, no_cache, held, out)], 2)
    expected = reference(sums, maxima, weights).reshape(2, heads.q_heads, -1)[..., : heads.head_dim]
    found = plain_bench.read(out.values, (2, out.stride))[:, : heads.out_width]
    close(found, expected.reshape(2, -1))


def decoded(
    bench: Bench, heads: Heads, kind: str, context: int, makes_heads: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Attention of the last of so many tokens, by parts; the device's and the reference's."""
    kit = bench.kit
    qkv, gains, table = problem(heads, context)
    cache = allocate_layer(kit.gpu, heads, context, kind, "test")
    q = bench.zeros(context * heads.q_heads * heads.padded_dim)
    gain_buffers = (bench.buffer(gains[0]), bench.buffer(gains[1]))
    to = rope_kernel.Rotation(heads, cache, gain_buffers, bench.buffer(table), q)
    last = bench.buffer(qkv[-1:])
    bench.run([rope_kernel.rope_cache(kit, bench.buffer(qkv), to)], context - 1)
    if not makes_heads:
        bench.run([rope_kernel.rope_cache(kit, last, to)], 1, context - 1)
    out = bench.activations(np.zeros((1, heads.out_width), np.float32), coded=False)
    parts = bench.zeros(heads.q_heads * kit.parts * (heads.padded_dim + 4))
    queries = rope_kernel.HeadSums(last, to) if makes_heads else q
    ops = attention_kernel.attention(kit, heads, cache, queries, out, columns=1, parts=parts)
    bench.run(ops, 1, context - 1)
    q_host, k, v = rope_kernel.reference(heads, qkv, (gains[0], gains[1]), table)
    if cache.is_coded:
        q_host, k = rope_kernel.paired(q_host), kv_codes.reference(rope_kernel.paired(k), int(kind[-1]))
        v = kv_codes.reference(v, int(kind[-1]))
    expected = attention_kernel.reference(q_host[-1:], k, v, context - 1, heads.window)
    return bench.read(out.values, (1, out.stride))[:, : heads.out_width], expected


def test_a_split_context_on_every_device(bench: Bench) -> None:
    """Of eight parts of at least 64 positions some are empty."""
    bench.kit.parts = 8
    close(*decoded(bench, Heads(4, 2, 40, 1e-6), "buffer_f32", 205), 2e-5)


@pytest.mark.parametrize("context", [1, 64, 65, 500])
@pytest.mark.parametrize("window", [None, 7, 130])
def test_contexts_and_windows(plain_bench: Bench, context: int, window: int | None) -> None:
    plain_bench.kit.parts = 4
    heads = replace(Heads(3, 1, 16, 1e-6), window=window)
    close(*decoded(plain_bench, heads, "buffer_f32", context), 2e-5)


@pytest.mark.parametrize(("kind", "tolerance"), [("texture_f16", 2e-3), ("texture_q8", 2e-3)])
def test_wide_heads_of_every_kind(plain_bench: Bench, kind: str, tolerance: float) -> None:
    plain_bench.kit.parts = 4
    close(*decoded(plain_bench, Heads(2, 1, 128, 1e-6), kind, 300), tolerance)


@pytest.mark.parametrize(
    ("kind", "head_dim", "context", "window"),
    [("buffer_f32", 40, 205, None), ("buffer_f16", 128, 64, 7), ("buffer_q8", 40, 65, None)],
)
def test_heads_made_on_the_way_are_those_of_the_separate_kernel(
    bench: Bench, kind: str, head_dim: int, context: int, window: int | None
) -> None:
    """To the bit; some workgroups see the last position, others do not."""
    check_heads_made(bench, Heads(4, 2, head_dim, 1e-6, window), kind, context)


def test_the_first_token_makes_its_heads(plain_bench: Bench) -> None:
    check_heads_made(plain_bench, Heads(5, 1, 128, 1e-6), "buffer_q4", 1)


def check_heads_made(bench: Bench, heads: Heads, kind: str, context: int) -> None:
    bench.kit.parts = 4
    made, expected = (each.copy() for each in decoded(bench, heads, kind, context, makes_heads=True))
    np.testing.assert_array_equal(made, decoded(bench, heads, kind, context)[0])
    close(made, expected, {"buffer_f32": 2e-5, "buffer_f16": 2e-3}.get(kind, 0.05))


def test_attention_makes_heads_only_where_one_workgroup_has_all_of_a_key() -> None:
    buffer, texture = (CacheLayer(kind, None, None) for kind in ("buffer_f16", "texture_f16"))
    assert attention_kernel.makes_heads(Heads(16, 2, 128, 1e-6), buffer)
    assert not attention_kernel.makes_heads(Heads(18, 2, 128, 1e-6), buffer)
    assert not attention_kernel.makes_heads(Heads(16, 2, 128, 1e-6), texture)
