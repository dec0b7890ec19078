"""Both matrix kernels over storage buffers, every format, at shapes that fit no tile."""

from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.matmul import matmul, reference, reference_w_a8
from gpu.kernels.matvec import matvec
from tests.gpu.device_arrays import Bench, close

SHAPES = [(1, 1, 1), (5, 33, 3), (37, 80, 33), (64, 256, 32), (130, 160, 70)]  # rows, columns, tokens


def problem(rows: int, columns: int, tokens: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(rows * 1000 + columns)
    weights = rng.standard_normal((rows, columns), np.float32)
    return weights, rng.standard_normal((tokens, columns), np.float32)


@pytest.mark.parametrize(("rows", "columns", "tokens"), SHAPES)
@pytest.mark.parametrize("kernel", [matvec, matmul])
@pytest.mark.parametrize("fmt", ["f32", "f16", "bf16", "q8", "q4"])
def test_f32_activations(plain_bench: Bench, kernel, fmt: str, rows: int, columns: int, tokens: int) -> None:
    weights, x = problem(rows, columns, tokens)
    matrix, exact = plain_bench.matrix(weights, fmt)
    y = plain_bench.zeros(tokens * rows)
    ops = kernel(
        plain_bench.kit, matrix, plain_bench.activations(x), y, rows, integer=False, accumulate=False
    )
    plain_bench.run(ops, tokens)
    close(plain_bench.read(y, (tokens, rows)), reference(exact, x))


@pytest.mark.parametrize(("rows", "columns", "tokens"), SHAPES)
@pytest.mark.parametrize("kernel", [matvec, matmul])
@pytest.mark.parametrize("fmt", ["q8", "q4"])
def test_integer_activations(bench: Bench, kernel, fmt: str, rows: int, columns: int, tokens: int) -> None:
    weights, x = problem(rows, columns, tokens)
    matrix, exact = bench.matrix(weights, fmt)
    y = bench.zeros(tokens * rows)
    bench.run(kernel(bench.kit, matrix, bench.quantized(x), y, rows, integer=True, accumulate=False), tokens)
    close(bench.read(y, (tokens, rows)), reference_w_a8(exact, x))


@pytest.mark.parametrize("group", [64, 128])
@pytest.mark.parametrize("kernel", [matvec, matmul])
def test_wide_groups(plain_bench: Bench, kernel, group: int) -> None:
    weights, x = problem(19, 200, 9)
    matrix, exact = plain_bench.matrix(weights, "q4", group=group)
    y = plain_bench.zeros(9 * 19)
    ops = kernel(plain_bench.kit, matrix, plain_bench.quantized(x), y, 19, integer=True, accumulate=False)
    plain_bench.run(ops, 9)
    close(plain_bench.read(y, (9, 19)), reference_w_a8(exact, x))


@pytest.mark.parametrize("kernel", [matvec, matmul])
def test_accumulates_onto_the_residual(plain_bench: Bench, kernel) -> None:
    weights, x = problem(12, 64, 5)
    matrix, exact = plain_bench.matrix(weights, "f32")
    residual = np.full((5, 12), 3.0, np.float32)
    y = plain_bench.buffer(residual)
    ops = kernel(plain_bench.kit, matrix, plain_bench.activations(x), y, 12, integer=False, accumulate=True)
    plain_bench.run(ops, 5)
    close(plain_bench.read(y, (5, 12)), residual + reference(exact, x))


@pytest.mark.parametrize("kernel", [matvec, matmul])
def test_slabs_of_a_matrix_beyond_the_binding_limit(plain_bench: Bench, kernel, monkeypatch) -> None:
    limits = {**plain_bench.kit.gpu.limits, "max-storage-buffer-binding-size": 4096}
    monkeypatch.setattr(plain_bench.kit.gpu, "limits", limits)
    weights, x = problem(130, 64, 6)
    matrix, exact = plain_bench.matrix(weights, "q8")
    assert len(matrix.slabs) > 2
    y = plain_bench.zeros(6 * 130)
    ops = kernel(plain_bench.kit, matrix, plain_bench.quantized(x), y, 130, integer=True, accumulate=False)
    plain_bench.run(ops, 6)
    close(plain_bench.read(y, (6, 130)), reference_w_a8(exact, x))
