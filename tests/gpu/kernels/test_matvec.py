"""The kernel of decoding, every format, for one token after the other and for several at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest

from gpu.kernels.matrix import COLUMNS
from gpu.kernels.matvec import matvec
from tests.gpu.device_arrays import Bench, close
from tests.gpu.kernels.products import each_shape, product


@each_shape
@pytest.mark.parametrize("fmt", ["f32", "f16", "bf16", "q8", "q4"])
def test_f32_activations(bench: Bench, fmt: str, rows: int, columns: int, tokens: int) -> None:
    close(*product(bench, matvec, fmt, (rows, columns, tokens), integer=False))


@each_shape
@pytest.mark.parametrize("fmt", ["q8", "q4"])
def test_integer_activations(bench: Bench, fmt: str, rows: int, columns: int, tokens: int) -> None:
    close(*product(bench, matvec, fmt, (rows, columns, tokens), integer=True))


def test_every_number_of_tokens_at_once_has_the_same_bits(bench: Bench) -> None:
    """So that tokens that were guessed and looked at together are those that would have come one by one."""
    for_every_number(bench, "q4", COLUMNS)


def test_f32_values_of_many_tokens_at_once_have_the_same_bits(plain_bench: Bench) -> None:
    for_every_number(plain_bench, "bf16", (1, 8))


def for_every_number(bench: Bench, fmt: str, numbers: Sequence[int]) -> None:
    for shape in ((1, 1, 5), (37, 600, 5)):
        found = [
            product(bench, partial(matvec, columns=at_once), fmt, shape, integer=fmt == "q4")
            for at_once in numbers
        ]
        for actual, expected in found:
            close(actual, expected)
            np.testing.assert_array_equal(actual, found[0][0])


@pytest.mark.parametrize("integer", [True, False])
@pytest.mark.parametrize("group", [64, 128])
@pytest.mark.parametrize("fmt", ["q8", "q4"])
def test_wide_groups(bench: Bench, fmt: str, group: int, integer: bool) -> None:
    close(*product(bench, matvec, fmt, (19, 200, 9), integer=integer, group=group))


def test_accumulates_onto_the_residual(bench: Bench) -> None:
    residual = np.random.default_rng(0).standard_normal((5, 12), np.float32)
    close(*product(bench, matvec, "f32", (12, 64, 5), integer=False, residual=residual))


@pytest.mark.parametrize("fmt", ["q8", "q4", "bf16"])
def test_slabs_of_a_matrix_beyond_the_binding_limit(
    bench: Bench, fmt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {**bench.kit.gpu.limits, "max-storage-buffer-binding-size": 2048}
    monkeypatch.setattr(bench.kit.gpu, "limits", limits)
    close(*product(bench, matvec, fmt, (130, 64, 6), integer=fmt != "bf16"))
