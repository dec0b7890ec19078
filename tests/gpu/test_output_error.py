from __future__ import annotations

import numpy as np
import pytest

from gpu.errors import RequestError
from gpu.formats.family import quantize
from gpu.output_error import output_error, relative_output_error
from gpu.sweep import Rounding

INT4 = Rounding.parse("int4@b32")


def pair(tokens: int = 9, channels: int = 80) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    weights = rng.standard_normal((24, channels)).astype(np.float32)
    activations = rng.standard_normal((tokens, channels)).astype(np.float32)
    activations[:, 40] *= 50
    return weights, activations


def test_whole_rows_and_blocks_follow_the_definition() -> None:
    weights, activations = pair()
    found = output_error(weights, activations, INT4)
    change = quantize(weights, INT4.format, "b32").dequantize().astype(np.float64) - weights
    output = weights.astype(np.float64) @ activations.T
    expected = np.linalg.norm(change @ activations.T) / np.linalg.norm(output)
    assert found.relative == pytest.approx(expected, rel=1e-5)
    assert relative_output_error(weights, activations, INT4) == pytest.approx(expected, rel=1e-5)
    rows = np.linalg.norm(change @ activations.T, axis=1) / np.linalg.norm(output, axis=1)
    np.testing.assert_allclose(found.by_row, rows, rtol=1e-4)
    for block, start in enumerate((0, 32, 64)):
        part = slice(start, start + 32)
        alone = np.square(change[:, part] @ activations[:, part].T).sum(axis=1)
        np.testing.assert_allclose(found.by_block[:, block], alone, rtol=1e-3)


def test_the_blocks_that_read_the_spike_cause_most() -> None:
    found = output_error(*pair(), INT4)
    assert {block for _, block, _ in found.worst_blocks(10)} == {1}
    assert found.share.sum() == pytest.approx(1)
    shares = [share for _, _, share in found.worst_blocks(10)]
    assert shares == sorted(shares, reverse=True)


def test_nothing_in_nothing_out() -> None:
    weights, activations = pair()
    assert output_error(np.zeros_like(weights), activations, INT4).relative == 0
    assert output_error(weights, np.zeros_like(activations), INT4).relative == 0


@pytest.mark.parametrize("shape", [(9, 79), (0, 80), (80,)])
def test_activations_of_another_layer_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(RequestError, match="80 channels"):
        output_error(pair()[0], np.zeros(shape, np.float32), INT4)
