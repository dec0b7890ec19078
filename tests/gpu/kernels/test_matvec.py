"""The kernel of decoding, every format, for one token after the other and for several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pytest

from gpu.activations import Activations
from gpu.kernels import rms_norm
from gpu.kernels.emit import BOTH
from gpu.kernels.matmul import reference_w_a8
from gpu.kernels.matrix import COLUMNS, GatedSums, Norm, Sums
from gpu.kernels.matvec import matvec
from gpu.kernels.swiglu import reference as swiglu_reference
from gpu.kit import Op
from gpu.variants import ROWS_AT_ONCE, THREADS
from tests.gpu.device_arrays import Bench, close
from tests.gpu.kernels.products import each_shape, problem, product

EPSILON = 1e-3
# One span of K and two; fewer rows than a workgroup takes, and more than it takes at a time.
ONE_TOKEN = [(2, 32), (37, 80), (130, 8320), (600, 512)]
each_matrix = pytest.mark.parametrize(("rows", "columns"), ONE_TOKEN)


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


@each_matrix
@pytest.mark.parametrize(("fmt", "bits"), [("q4", 8), ("q4", 4), ("q8", 8)])
def test_values_quantized_on_loading_onto_the_residual(
    bench: Bench, fmt: str, bits: int, rows: int, columns: int
) -> None:
    bench.kit.processors = 1  # so that a workgroup has many rows
    weights, x = problem(rows, columns, 1)
    matrix, exact = bench.matrix(weights, fmt)
    residual = np.random.default_rng(0).standard_normal((1, rows), np.float32)
    y = bench.buffer(residual)
    to, q_max = Sums(y, rows, accumulate=True), {8: 127, 4: 7}[bits]
    bench.run(matvec(bench.kit, matrix, bench.activations(x), to, integer=True, quantize=q_max), 1)
    close(bench.read(y, (1, rows)), residual + reference_w_a8(exact, x, bits))


@each_matrix
def test_what_is_normalised_on_loading_has_the_bits_of_the_separate_kernels(
    bench: Bench, rows: int, columns: int
) -> None:
    """So that passes of several tokens say the same; what a probe gets, too."""
    check_normed(bench, rows, columns)


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("at_once", [rows for rows in ROWS_AT_ONCE if rows])
def test_so_it_has_in_every_workgroup_that_may_be_chosen(
    plain_bench: Bench, threads: int, at_once: int
) -> None:
    """In one of fewer threads than a norm's sum takes, some of them would be missing."""
    plain_bench.kit.threads, plain_bench.kit.rows = threads, at_once
    check_normed(plain_bench, 37, 520)


def check_normed(bench: Bench, rows: int, columns: int) -> None:
    weights, x = problem(rows, columns, 2)
    gain = bench.buffer(np.pad(weights[0], (0, -columns % 32)))
    matrix, exact = bench.matrix(weights, "q4")
    hidden, separate, kept, raw = (bench.activations(v) for v in (x * 5, *[np.zeros_like(x)] * 3))

    def found(ops_to: Callable[[Sums], list[Op]], normed: Activations) -> list[np.ndarray]:
        y = bench.zeros(rows)
        bench.run(ops_to(Sums(y, rows)), 1, first=1)
        sizes = ((y, rows), (normed.values, normed.stride))
        return [bench.read(buffer, (1, size)).copy() for buffer, size in sizes]

    one_by_one = found(
        lambda to: [
            rms_norm.rms_norm(bench.kit, hidden, gain, EPSILON, separate, BOTH),
            *matvec(bench.kit, matrix, separate, to, integer=True),
        ],
        separate,
    )
    norm = Norm(gain, EPSILON, kept, raw)
    at_once = found(
        lambda to: matvec(bench.kit, matrix, hidden, to, integer=True, quantize=127, norm=norm), kept
    )
    for one, other in zip(one_by_one, at_once, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(bench.read(raw.values, (1, raw.stride))[:, :columns], x[1:] * 5)
    normed = rms_norm.reference(x[1:] * 5, weights[0], EPSILON)
    close(at_once[0], reference_w_a8(exact, normed))


@pytest.mark.parametrize("fmt", ["q8", "q4"])
def test_gates_of_a_matrix_in_slabs(bench: Bench, fmt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {**bench.kit.gpu.limits, "max-storage-buffer-binding-size": 2048}
    monkeypatch.setattr(bench.kit.gpu, "limits", limits)
    weights, x = problem(130, 64, 1)
    matrix, exact = bench.matrix(weights, fmt)
    assert len(matrix.slabs) > 1
    out = bench.activations(np.zeros((1, 65), np.float32))
    to = GatedSums(bench.zeros(130), out)
    bench.run(matvec(bench.kit, matrix, bench.activations(x), to, integer=True, quantize=127), 1)
    products = reference_w_a8(exact, x)
    expected = swiglu_reference(products[:, 0::2], products[:, 1::2])
    close(bench.read(out.values, (1, out.stride))[:, :65], expected)


def test_the_rows_of_a_vocabulary_are_not_cut_short_on_one_processor(plain_bench: Bench) -> None:
    """Mesa ends the loops of an invocation after 65,535 rounds."""
    rows = 151_936
    weights = np.random.default_rng(0).standard_normal((rows, 32), np.float32)
    matrix, exact = plain_bench.matrix(weights, "q4")
    plain_bench.kit.processors = 1
    x, y = np.ones((1, 32), np.float32), plain_bench.zeros(rows)
    inputs, to = plain_bench.activations(x), Sums(y, rows)
    plain_bench.run(matvec(plain_bench.kit, matrix, inputs, to, integer=True, quantize=127), 1)
    close(plain_bench.read(y, (1, rows)), reference_w_a8(exact, x))
