"""What the tests of both matrix kernels over buffers share: problems that fit no tile, and one run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gpu.kernels.matmul import reference, reference_w_a8
from gpu.kernels.matrix import Sums
from gpu.kit import Op
from tests.gpu.device_arrays import Bench

Kernel = Callable[..., list[Op]]
SHAPES = [(1, 1, 1), (5, 33, 3), (37, 80, 33), (64, 256, 32), (130, 160, 70)]  # rows, columns, tokens
GUARD = np.float32(-77)
each_shape = pytest.mark.parametrize(("rows", "columns", "tokens"), SHAPES)


def problem(rows: int, columns: int, tokens: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(rows * 1000 + columns)
    weights = rng.standard_normal((rows, columns), np.float32)
    return weights, rng.standard_normal((tokens, columns), np.float32)


def product(
    bench: Bench,
    kernel: Kernel,
    fmt: str,
    shape: tuple[int, int, int],
    *,
    integer: bool,
    residual: np.ndarray | None = None,
    **options: Any,
) -> tuple[np.ndarray, np.ndarray]:
    """What the device computes, f32 [tokens, rows], and what it should; `options` are the matrix's.

    The output has three more columns and one more row than are written: they must keep their value.
    """
    rows, _, tokens = shape
    weights, x = problem(*shape)
    matrix, exact = bench.matrix(weights, fmt, **options)
    held = np.full((tokens + 1, rows + 3), GUARD)
    if residual is not None:
        held[:tokens, :rows] = residual
    y = bench.buffer(held)
    inputs = bench.quantized(x) if integer else bench.activations(x)
    to = Sums(y, rows + 3, accumulate=residual is not None)
    bench.run(kernel(bench.kit, matrix, inputs, to, integer=integer), tokens)
    found = bench.read(y, held.shape)
    assert (found[tokens:] == GUARD).all()
    assert (found[:, rows:] == GUARD).all()
    expected = reference_w_a8(exact, x) if integer else reference(exact, x)
    return found[:tokens, :rows], expected if residual is None else expected + residual
