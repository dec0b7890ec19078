from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gpu.device import Gpu
from gpu.formats import q8_1
from gpu.kernels.experts import Choice, gather, gather_reference, scatter, scatter_reference
from gpu.layouts import DeviceMatrix, MatrixSpec, allocate_matrix
from tests.gpu.device_arrays import F32, Bench, close, encode

EXPERTS, EACH, TOKENS = 5, 2, 3
SHAPES = [(6, 40), (8, 64), (13, 96)]  # rows and columns of an expert


def experts_on(bench: Bench, weights: F32, fmt: str) -> tuple[DeviceMatrix, F32]:
    """weights [E, R, K] one expert after the other, and the values their codes stand for."""
    count, rows, columns = weights.shape
    spec = MatrixSpec("experts", (count * rows,), columns, fmt, experts=count)
    matrix = allocate_matrix(bench.kit.gpu, spec, "pairs")
    codes, scales, exact = encode(weights.reshape(-1, columns), fmt, 32)
    matrix.write(0, codes, scales)
    return matrix, exact[:, :columns].reshape(weights.shape)


def arrays(rows: int, columns: int) -> tuple[F32, F32, F32, np.ndarray, F32]:
    random = np.random.default_rng(rows)
    weights = random.normal(0, 1, (EXPERTS, rows, columns)).astype(np.float32)
    x, slots = (random.normal(0, 1, (n, columns)).astype(np.float32) for n in (TOKENS, TOKENS * EACH))
    chosen = np.array([[4, 0], [2, 3], [0, 1]], np.uint32)
    shares = random.random((TOKENS, EACH)).astype(np.float32)
    return weights, x, slots, chosen, shares


def check(bench: Bench, fmt: str, rows: int, columns: int, integer: bool) -> None:
    weights, x, slots, chosen, shares = arrays(rows, columns)
    matrix, exact = experts_on(bench, weights, fmt)
    choice = Choice(bench.buffer(chosen), bench.buffer(shares), EACH)
    seen = [q8_1.dequantize(q8_1.quantize(v, 8))[:, :columns] if integer else v for v in (x, slots)]
    y = bench.zeros(TOKENS * EACH * rows)
    bench.run(gather(bench.kit, matrix, bench.quantized(x), y, choice, integer=integer), TOKENS)
    close(bench.read(y, (TOKENS * EACH, rows)), gather_reference(exact, seen[0], chosen))
    before = np.random.default_rng(0).normal(0, 1, (TOKENS, rows)).astype(np.float32)
    hidden = bench.activations(before)
    bench.run(scatter(bench.kit, matrix, bench.quantized(slots), hidden, choice, integer=integer), TOKENS)
    found = bench.read(hidden.values, (TOKENS, hidden.stride))[:, :rows]
    close(found, before + scatter_reference(exact, seen[1], chosen, shares))


@pytest.mark.parametrize(("rows", "columns"), SHAPES)
@pytest.mark.parametrize(
    ("fmt", "integer"), [("q4", True), ("q8", True), ("q4", False), ("bf16", False), ("f32", False)]
)
def test_tokens_go_through_the_experts_they_chose(
    bench: Bench, fmt: str, rows: int, columns: int, integer: bool
) -> None:
    check(bench, fmt, rows, columns, integer)


def test_experts_in_several_slabs(
    gpu: Gpu, workbench: Callable[[Gpu], Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A binding that holds two experts of 13 rows of 96 f32 values."""
    monkeypatch.setattr(
        gpu, "limits", {**gpu.limits, "max-storage-buffer-binding-size": 2 * 13 * 96 * 4 + 500}
    )
    bench = workbench(gpu)
    matrix, _ = experts_on(bench, arrays(13, 96)[0], "f32")
    assert [slab.plan.rows // 13 for slab in matrix.slabs] == [2, 2, 1]
    check(bench, "f32", 13, 96, integer=False)
