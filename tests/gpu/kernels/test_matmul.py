"""The tiled kernel of prefill, every format, at shapes that fit no tile."""

from __future__ import annotations

import numpy as np
import pytest

from gpu.kernels.matmul import matmul
from gpu.variants import TILES
from tests.gpu.device_arrays import Bench, close
from tests.gpu.kernels.products import each_shape, product


@each_shape
@pytest.mark.parametrize("fmt", ["f32", "f16", "bf16", "q8", "q4"])
def test_f32_activations(plain_bench: Bench, fmt: str, rows: int, columns: int, tokens: int) -> None:
    close(*product(plain_bench, matmul, fmt, (rows, columns, tokens), integer=False))


@each_shape
@pytest.mark.parametrize("fmt", ["q8", "q4"])
def test_integer_activations(bench: Bench, fmt: str, rows: int, columns: int, tokens: int) -> None:
    close(*product(bench, matmul, fmt, (rows, columns, tokens), integer=True))


@pytest.mark.parametrize("tile", TILES)
@pytest.mark.parametrize(("fmt", "integer"), [("q4", True), ("f16", False)])
def test_every_tile_at_shapes_that_do_not_fit_it(
    plain_bench: Bench, fmt: str, integer: bool, tile: int
) -> None:
    plain_bench.kit.tile = tile
    close(*product(plain_bench, matmul, fmt, (130, 160, 70), integer=integer))


@pytest.mark.parametrize("integer", [True, False])
@pytest.mark.parametrize("group", [64, 128])
@pytest.mark.parametrize("fmt", ["q8", "q4"])
def test_wide_groups(plain_bench: Bench, fmt: str, group: int, integer: bool) -> None:
    close(*product(plain_bench, matmul, fmt, (19, 200, 9), integer=integer, group=group))


def test_accumulates_onto_the_residual(plain_bench: Bench) -> None:
    residual = np.random.default_rng(0).standard_normal((5, 12), np.float32)
    close(*product(plain_bench, matmul, "f32", (12, 64, 5), integer=False, residual=residual))


@pytest.mark.parametrize("fmt", ["q8", "q4", "bf16"])
def test_slabs_of_a_matrix_beyond_the_binding_limit(
    plain_bench: Bench, fmt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {**plain_bench.kit.gpu.limits, "max-storage-buffer-binding-size": 2048}
    monkeypatch.setattr(plain_bench.kit.gpu, "limits", limits)
    close(*product(plain_bench, matmul, fmt, (130, 64, 6), integer=fmt != "bf16"))
