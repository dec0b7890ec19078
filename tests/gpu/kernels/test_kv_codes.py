"""Caches of 8 and 4 bits: their numpy side, and the kernels that write and read them, at awkward shapes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.kernels import attention as attention_kernel
from gpu.kernels import kv_codes
from gpu.kernels import rope_cache as rope_kernel
from gpu.kernels.heads import Heads
from gpu.qwen3.kv_cache import allocate_layer
from gpu.qwen3.kv_states import KvStates
from tests.gpu.device_arrays import Bench, close
from tests.gpu.kernels.test_attention import problem, run_passes

SHAPES = [(2, 2, 16), (4, 2, 24), (5, 1, 40), (8, 1, 64), (6, 2, 80), (4, 2, 128), (20, 2, 32)]
ROUNDED_ALIKE = 2e-5
STEPS = {8: 1 / 127, 4: 1 / 7}


def expected_of(heads: Heads, tokens: int, bits: int) -> np.ndarray:
    """Attention over what the cache gives back; keys are coded in the order the device holds them in."""
    qkv, gains, table = problem(heads, tokens)
    q, k, v = rope_kernel.reference(heads, qkv, (gains[0], gains[1]), table)
    kept = kv_codes.reference(rope_kernel.paired(k), bits)
    return attention_kernel.reference(
        rope_kernel.paired(q), kept, kv_codes.reference(v, bits), 0, heads.window
    )


@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize(("q_heads", "kv_heads", "head_dim"), SHAPES)
def test_prompt_in_chunks_then_decode(
    plain_bench: Bench, q_heads: int, kv_heads: int, head_dim: int, bits: int
) -> None:
    heads = Heads(q_heads, kv_heads, head_dim, 1e-6)
    found, _ = run_passes(plain_bench, heads, f"buffer_q{bits}", [13, 1, 1, 22])
    expected = expected_of(heads, 37, bits)
    off = np.abs(found - expected) > ROUNDED_ALIKE * np.abs(expected).max()
    assert off.mean() < 0.05  # a code next to a half may round the other way
    close(found, expected, STEPS[bits] / 4)


@pytest.mark.parametrize(
    ("kind", "head_dim", "bits"), [("buffer", 40, 8), ("buffer", 40, 4), ("texture", 104, 4)]
)
def test_on_every_device(bench: Bench, kind: str, head_dim: int, bits: int) -> None:
    """One token at a time: how lanes code and mix does not depend on how many there are."""
    heads = Heads(2, 2, head_dim, 1e-6)  # of fewer dimensions the first two blocks had the same scale
    found, _ = run_passes(bench, heads, f"{kind}_q{bits}", [1] * 9)
    close(found, expected_of(heads, 9, bits), STEPS[bits] / 4)


@pytest.mark.parametrize("bits", [8, 4])
def test_teams_share_a_long_context_in_a_window(plain_bench: Bench, bits: int) -> None:
    plain_bench.kit.teams = 4
    heads = Heads(4, 2, 128, 1e-6, window=20)
    found, _ = run_passes(plain_bench, heads, f"buffer_q{bits}", [50, 1, 1])
    close(found, expected_of(heads, 52, bits), STEPS[bits] / 4)


@pytest.mark.parametrize("kind", ["buffer_q8", "buffer_q4", "texture_q8", "texture_q4"])
def test_chunks_write_the_same_bytes_as_single_tokens(plain_bench: Bench, kind: str) -> None:
    heads = Heads(5, 1, 80, 1e-6)
    qkv, gains, table = problem(heads, 9)
    held = []
    for sizes in ([9], [1] * 9, [4, 5]):
        cache = allocate_layer(plain_bench.kit.gpu, heads, 9, kind, "test")
        gain_buffers = (plain_bench.buffer(gains[0]), plain_bench.buffer(gains[1]))
        position, rope = 0, plain_bench.buffer(table)
        for size in sizes:
            q = plain_bench.zeros(size * heads.q_heads * heads.padded_dim)
            part = plain_bench.buffer(qkv[position : position + size])
            to = rope_kernel.Rotation(heads, cache, gain_buffers, rope, q)
            plain_bench.run([rope_kernel.rope_cache(plain_bench.kit, part, to)], size, position)
            position += size
        held.append([bytes(part) for part in KvStates(plain_bench.kit.gpu, [cache], 9).read(0, 2)])
    assert held[0] == held[1] == held[2]


@given(st.sampled_from([64, 128]), st.integers(0, 2**31))
def test_the_transform_is_its_own_inverse_and_keeps_products(width: int, seed: int) -> None:
    x, y = np.random.default_rng(seed).standard_normal((2, 3, width)).astype(np.float32)
    np.testing.assert_allclose(kv_codes.hadamard(kv_codes.hadamard(x)), x, atol=1e-5)
    products = np.sum(kv_codes.hadamard(x) * kv_codes.hadamard(y), axis=-1)
    np.testing.assert_allclose(products, np.sum(x * y, axis=-1), atol=1e-4)


def test_the_transform_spreads_an_outlier_over_all_dimensions() -> None:
    one = np.zeros((1, 128), np.float32)
    one[0, 5] = 100
    np.testing.assert_allclose(np.abs(kv_codes.hadamard(one)), 100 / np.sqrt(128), rtol=1e-6)


def test_eight_bits_keep_more_than_four() -> None:
    x = np.random.default_rng(1).standard_normal((50, 4, 80)).astype(np.float32)
    errors = [np.sqrt(np.mean((kv_codes.reference(x, bits) - x) ** 2)) for bits in (8, 4)]
    assert errors[0] < 0.01 < errors[1] < 0.15


def test_bytes_are_those_of_q8_0_and_q4_0(plain_bench: Bench) -> None:
    heads = Heads(4, 2, 128, 1e-6)
    for bits, block_bytes in ((8, 34), (4, 18)):
        cache = allocate_layer(plain_bench.kit.gpu, heads, 16, f"buffer_q{bits}", "test")
        assert cache.keys.size == cache.values.size == 16 * 2 * 4 * block_bytes
