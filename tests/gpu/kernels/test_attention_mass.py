from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels import kv_codes
from gpu.kernels import rope_cache as rope_kernel
from gpu.kernels.attention_mass import attention_mass, reference
from gpu.kernels.heads import Heads
from gpu.qwen3.kv_cache import allocate_layer
from tests.gpu.device_arrays import Bench
from tests.gpu.kernels.test_attention import problem

TOLERANCES = {
    "buffer_f32": 2e-4,
    "buffer_f16": 2e-2,
    "texture_f16": 2e-2,
    "buffer_q8": 2e-2,
    "buffer_q4": 4e-2,
}


def run(
    bench: Bench, heads: Heads, kind: str, sizes: list[int], first: int, positions: int = 40
) -> tuple[np.ndarray, ...]:
    """What the device and the reference say positions receive, and how sharp queries are."""
    total = sum(sizes)
    qkv, gains, table = problem(heads, total)
    cache = allocate_layer(bench.kit.gpu, heads, total, kind, "test")
    gain_buffers, rope = (bench.buffer(gains[0]), bench.buffer(gains[1])), bench.buffer(table)
    outputs = tuple(bench.zeros(heads.q_heads * positions) for _ in range(3))
    position = 0
    for size in sizes:
        part = bench.buffer(qkv[position : position + size])
        q = bench.zeros(size * heads.q_heads * heads.padded_dim)
        rotate = rope_kernel.rope_cache(
            bench.kit, part, rope_kernel.Rotation(heads, cache, gain_buffers, rope, q)
        )
        watch = attention_mass(bench.kit, heads, cache, q, outputs, positions, first)
        bench.run([rotate, *watch], size, position)
        position += size
    received, top = (bench.read(buffer, (heads.q_heads, positions)) for buffer in outputs[:2])
    q, k, _ = rope_kernel.reference(heads, qkv, (gains[0], gains[1]), table)
    if cache.is_coded:
        q, k = rope_kernel.paired(q), kv_codes.reference(rope_kernel.paired(k), int(kind[-1]))
    assert not received[:, total:].any()
    return received[:, :total], top[:, :total], *reference(q, k, 0, first, heads.window)


@pytest.mark.parametrize(("kind", "atol"), TOLERANCES.items())
def test_every_cache_on_every_device(bench: Bench, kind: str, atol: float) -> None:
    received, top, *expected = run(bench, Heads(4, 2, 24, 1e-6), kind, [11, 1, 1, 9], first=4)
    np.testing.assert_allclose(received, expected[0], atol=atol)
    np.testing.assert_allclose(top, expected[1], atol=atol)


@pytest.mark.parametrize(("kind", "atol"), [("texture_q8", 2e-2), ("texture_q4", 4e-2)])
def test_caches_of_codes_in_textures(plain_bench: Bench, kind: str, atol: float) -> None:
    received, top, *expected = run(plain_bench, Heads(4, 2, 128, 1e-6), kind, [11, 1], first=4)
    np.testing.assert_allclose(received, expected[0], atol=atol)
    np.testing.assert_allclose(top, expected[1], atol=atol)


@pytest.mark.parametrize(("shape", "window"), [((6, 2, 128), None), ((5, 1, 40), 3), ((4, 2, 16), 8)])
def test_shapes_and_windows(plain_bench: Bench, shape: tuple[int, int, int], window: int | None) -> None:
    received, top, *expected = run(
        plain_bench, Heads(*shape, 1e-6, window), "buffer_f32", [17, 1, 16], first=0
    )
    np.testing.assert_allclose(received, expected[0], atol=2e-5)
    np.testing.assert_allclose(top, expected[1], atol=2e-5)


def test_no_query_of_a_long_text_is_left_out(plain_bench: Bench) -> None:
    """Mesa ends the loops of an invocation after 65,535 rounds; the latest queries need the most of them."""
    received, top, *expected = run(plain_bench, Heads(1, 1, 128, 1e-6), "buffer_f32", [750], 0, 750)
    np.testing.assert_allclose(received, expected[0], atol=2e-4)
    np.testing.assert_allclose(top, expected[1], atol=2e-5)


def test_every_query_that_counts_gives_away_one(plain_bench: Bench) -> None:
    received, top, *_ = run(plain_bench, Heads(4, 2, 64, 1e-6), "buffer_f32", [30], first=4)
    np.testing.assert_allclose(received.sum(axis=1), 26, rtol=1e-5)
    assert top[:, 0] == pytest.approx(1)
    assert ((top > 0) & (top <= 1 + 1e-6)).all()
