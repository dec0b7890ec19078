"""The texture kernel against the same arithmetic in numpy."""

from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.embed import embed, reference
from gpu.kernels.heads import Heads
from gpu.kernels.matmul import reference as product
from gpu.kernels.matmul import reference_w_a8
from gpu.kernels.matmul_pairs import matmul_pairs
from gpu.kernels.matrix import COLUMNS, GatedSums, Norm, Sums, columns_for
from gpu.kernels.rms_norm import reference as norm_reference
from gpu.kernels.rope_cache import HeadSums, Rotation, rope_cache
from gpu.kernels.swiglu import reference as swiglu_reference
from gpu.qwen3.kv_cache import allocate_layer
from tests.gpu.device_arrays import Bench, close

# One to four chunks of 256 along K, whole and ragged; odd rows; tokens beside multiples of eight.
SHAPES = [(2, 32, 1), (7, 80, 3), (34, 256, 8), (130, 512, 9), (66, 800, 17), (48, 1024, 16), (40, 1312, 5)]


@pytest.mark.parametrize(("rows", "columns", "tokens"), SHAPES)
@pytest.mark.parametrize("group", [32, 64])
def test_many_tokens(bench: Bench, rows: int, columns: int, tokens: int, group: int) -> None:
    rng = np.random.default_rng(columns)
    weights = rng.standard_normal((rows, columns), np.float32)
    x = rng.standard_normal((tokens, columns), np.float32)
    matrix, exact = bench.matrix(weights, "q4", "pairs", group)
    y = bench.zeros(tokens * rows)
    bench.run(matmul_pairs(bench.kit, matrix, bench.quantized(x), Sums(y, rows), columns=8), tokens)
    close(bench.read(y, (tokens, rows)), reference_w_a8(exact, x))


def test_every_number_of_tokens_at_once_has_the_same_bits(bench: Bench) -> None:
    """So that tokens that were guessed and looked at together are those that would have come one by one."""
    for_every_number(bench, 7, 80)


def test_every_number_of_tokens_at_once_over_several_spans(plain_bench: Bench) -> None:
    for_every_number(plain_bench, 42, 1312)


def for_every_number(bench: Bench, rows: int, columns: int) -> None:
    rng = np.random.default_rng(rows)
    matrix, exact = bench.matrix(rng.standard_normal((rows, columns), np.float32), "q4", "pairs")
    x = rng.standard_normal((5, columns), np.float32)
    found = []
    for at_once in COLUMNS:
        y = bench.zeros(6 * rows)
        bench.run(matmul_pairs(bench.kit, matrix, bench.quantized(x), Sums(y, rows), columns=at_once), 5)
        found.append(bench.read(y, (6, rows)).copy())
        np.testing.assert_array_equal(found[-1], found[0])
    close(found[0][:5], reference_w_a8(exact, x))


def test_the_rows_of_a_vocabulary_are_not_cut_short_on_one_processor(plain_bench: Bench) -> None:
    """Mesa ends the loops of an invocation after 65,535 rounds."""
    rows = 151_936
    weights = np.random.default_rng(0).standard_normal((rows, 32), np.float32)
    matrix, exact = plain_bench.matrix(weights, "q4", "pairs")
    plain_bench.kit.processors = 1
    x, y = np.ones((1, 32), np.float32), plain_bench.zeros(rows)
    plain_bench.run(
        matmul_pairs(plain_bench.kit, matrix, plain_bench.quantized(x), Sums(y, rows), columns=1), 1
    )
    close(plain_bench.read(y, (1, rows)), reference_w_a8(exact, x))


@pytest.mark.parametrize(("rows", "columns", "tokens"), SHAPES)
def test_one_token_onto_the_residual(bench: Bench, rows: int, columns: int, tokens: int) -> None:
    rng = np.random.default_rng(tokens)
    weights = rng.standard_normal((rows, columns), np.float32)
    x = rng.standard_normal((1, columns), np.float32)
    residual = rng.standard_normal((1, rows), np.float32)
    matrix, exact = bench.matrix(weights, "q4", "pairs")
    y = bench.buffer(residual)
    to = Sums(y, rows, accumulate=True)
    bench.run(matmul_pairs(bench.kit, matrix, bench.quantized(x), to, columns=1), 1)
    close(bench.read(y, (1, rows)), residual + reference_w_a8(exact, x))


@pytest.mark.parametrize(
    ("rows", "columns", "tokens", "bits"), [(7, 80, 3, 8), (7, 80, 3, 4), (34, 512, 9, 8), (40, 1312, 1, 8)]
)
def test_values_quantized_on_loading(bench: Bench, rows: int, columns: int, tokens: int, bits: int) -> None:
    rng = np.random.default_rng(rows)
    weights = rng.standard_normal((rows, columns), np.float32)
    x = rng.standard_normal((tokens, columns), np.float32)
    matrix, exact = bench.matrix(weights, "q4", "pairs")
    y = bench.zeros(tokens * rows)
    q_max = {8: 127, 4: 7}[bits]
    ops = matmul_pairs(
        bench.kit,
        matrix,
        bench.activations(x),
        Sums(y, rows),
        columns=min(8, columns_for(tokens)),
        quantize=q_max,
    )
    bench.run(ops, tokens)
    close(bench.read(y, (tokens, rows)), reference_w_a8(exact, x, bits))


@pytest.mark.parametrize(("rows", "columns", "tokens"), [(7, 80, 1), (66, 800, 3), (40, 1312, 2)])
@pytest.mark.parametrize("kept", [True, False])
def test_values_normalised_on_loading(bench: Bench, rows: int, columns: int, tokens: int, kept: bool) -> None:
    """Rows of x from the second on, as the head reads them."""
    rng = np.random.default_rng(rows)
    weights = rng.standard_normal((rows, columns), np.float32)
    x = rng.standard_normal((tokens + 1, columns), np.float32) * 5
    gain = rng.standard_normal(columns, np.float32)
    matrix, exact = bench.matrix(weights, "q4", "pairs")
    held, raw = (bench.activations(np.full((tokens, columns), np.nan, np.float32)) for _ in "ab")
    y, padded = bench.zeros(tokens * rows), bench.buffer(np.pad(gain, (0, -columns % 32)))
    norm = Norm(padded, 1e-3, *((held, raw) if kept else ()))
    ops = matmul_pairs(
        bench.kit, matrix, bench.activations(x), Sums(y, rows), columns=1, quantize=127, norm=norm
    )
    bench.run(ops, tokens, first=1)
    normed = norm_reference(x[1:], gain, 1e-3)
    close(bench.read(y, (tokens, rows)), reference_w_a8(exact, normed))
    if kept:
        close(bench.read(held.values, (tokens, held.stride))[:, :columns], normed, 1e-6)
        np.testing.assert_array_equal(bench.read(raw.values, (tokens, raw.stride))[:, :columns], x[1:])


@pytest.mark.parametrize(("q_heads", "kv_heads", "head_dim", "columns"), [(5, 1, 24, 80), (4, 2, 128, 1312)])
def test_heads_are_rotated_where_their_rows_are_made(
    bench: Bench, q_heads: int, kv_heads: int, head_dim: int, columns: int
) -> None:
    """Queries and cache as the separate kernel leaves them."""
    rng = np.random.default_rng(columns)
    heads = Heads(q_heads, kv_heads, head_dim, 1e-6)
    matrix, _ = bench.matrix(rng.standard_normal((heads.qkv_width, columns), np.float32), "q4", "pairs")
    x = bench.activations(rng.standard_normal((1, columns), np.float32))
    gains = tuple(bench.buffer(rng.standard_normal(head_dim, np.float32)) for _ in "qk")
    angles = rng.uniform(0, 7, (4, head_dim // 2)).astype(np.float32)
    table = bench.buffer(np.concatenate([np.cos(angles), np.sin(angles)], axis=1))

    def left(fused: bool) -> list[np.ndarray]:
        cache = allocate_layer(bench.kit.gpu, heads, 4, "buffer_f32", "test")
        qkv, q = bench.zeros(heads.qkv_width), bench.zeros(q_heads * heads.padded_dim)
        to = Rotation(heads, cache, gains, table, q)
        sums = HeadSums(qkv, to) if fused else Sums(qkv, heads.qkv_width)
        ops = matmul_pairs(bench.kit, matrix, x, sums, columns=1, quantize=127)
        bench.run(ops if fused else [*ops, rope_cache(bench.kit, qkv, to)], 1, position=3)
        held = 8 * kv_heads * heads.padded_dim
        sizes = ((q, q_heads * heads.padded_dim), (cache.keys, held), (cache.values, held))
        return [bench.read(buffer, (size,)).copy() for buffer, size in sizes]

    for fused, separate in zip(left(fused=True), left(fused=False), strict=True):
        np.testing.assert_array_equal(fused, separate)
        assert separate.any()


@pytest.mark.parametrize(
    ("rows", "columns", "tokens"), [(2, 32, 1), (34, 256, 8), (66, 800, 17), (40, 1312, 5)]
)
@pytest.mark.parametrize("at_once", [1, 8])
def test_gated_pairs(bench: Bench, rows: int, columns: int, tokens: int, at_once: int) -> None:
    """Over one span of K and over several."""
    rng = np.random.default_rng(rows)
    weights = rng.standard_normal((rows, columns), np.float32) / np.sqrt(columns)
    x = rng.standard_normal((tokens, columns), np.float32)
    matrix, exact = bench.matrix(weights.astype(np.float32), "q4", "pairs")
    out = bench.activations(np.zeros((tokens, rows // 2), np.float32))
    to = GatedSums(bench.zeros(tokens * rows), out)
    bench.run(matmul_pairs(bench.kit, matrix, bench.quantized(x), to, columns=at_once), tokens)
    products = reference_w_a8(exact, x)
    expected = swiglu_reference(products[:, 0::2], products[:, 1::2])
    close(bench.read(out.values, (tokens, out.stride))[:, : rows // 2], expected)


def test_the_largest_codes_do_not_overflow_into_the_other_row(bench: Bench) -> None:
    """-8 times 127 everywhere in one row, and the opposite in its partner, is the extreme of a half word."""
    weights = np.full((2, 256), -8.0, np.float32)
    weights[1] = 8.0
    x = np.full((8, 256), 127.0, np.float32)
    matrix, exact = bench.matrix(weights, "q4", "pairs")
    y = bench.zeros(16)
    bench.run(matmul_pairs(bench.kit, matrix, bench.quantized(x), Sums(y, 2), columns=8), 8)
    np.testing.assert_array_equal(bench.read(y, (8, 2)), product(exact, x))


@pytest.mark.parametrize(("rows", "columns"), [(7, 80), (130, 512), (66, 800), (48, 1024)])
def test_embedding_rows_come_back(plain_bench: Bench, rows: int, columns: int) -> None:
    rng = np.random.default_rng(rows)
    weights = rng.standard_normal((rows, columns), np.float32)
    matrix, exact = plain_bench.matrix(weights, "q4", "pairs")
    ids = rng.integers(0, rows, 11, np.uint32)
    out = plain_bench.activations(np.zeros((11, columns), np.float32))
    plain_bench.run(embed(plain_bench.kit, matrix, plain_bench.buffer(ids), out), 11)
    np.testing.assert_array_equal(
        plain_bench.read(out.values, (11, out.stride))[:, :columns], reference(exact, ids)
    )
