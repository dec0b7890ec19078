from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import RequestError
from gpu.probes.remedies import GRIDS, Remedy, apply, levels_left, rotated, rotation_width, smoothing_factors
from tests.gpu.sentences import is_one_sentence


def spiked(channels: int = 96, tokens: int = 12) -> np.ndarray:
    x = np.random.default_rng(channels).uniform(-1, 1, (tokens, channels)).astype(np.float32)
    x[:, 5] *= 100
    return x


@given(st.integers(1, 6), st.integers(0, 5))
def test_a_rotation_keeps_lengths_and_undoes_itself(odd: int, power: int) -> None:
    width = (2 * odd - 1) << power
    x = np.random.default_rng(width).standard_normal((3, width)).astype(np.float32)
    turned = rotated(x)
    assert rotation_width(width) == 1 << power
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(x, axis=1), rtol=1e-5)
    np.testing.assert_allclose(rotated(turned), x, atol=1e-5)


def test_a_rotation_spreads_a_spike_over_its_block() -> None:
    x = np.zeros((1, 96), np.float32)
    x[0, 40] = 8
    turned = np.abs(rotated(x))[0]
    np.testing.assert_allclose(turned[32:64], 8 / np.sqrt(32), rtol=1e-6)
    assert not turned[:32].any()


def test_smoothing_balances_activations_and_weights_and_keeps_the_product() -> None:
    x, w = spiked(), np.random.default_rng(1).standard_normal((20, 96)).astype(np.float32)
    weight_absmax = np.abs(w).max(axis=0)
    for alpha in (0.0, 0.5, 1.0):
        smooth = apply(x, Remedy(smoothing=alpha), weight_absmax)
        factors = smoothing_factors(np.abs(x).max(axis=0), weight_absmax, alpha)
        np.testing.assert_allclose(smooth @ (w * factors).T, x @ w.T, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(np.abs(smooth).max(axis=0), 1, rtol=1e-5)  # α = 1 levels the activations
    half = smoothing_factors(np.abs(x).max(axis=0), weight_absmax, 0.5)
    np.testing.assert_allclose(np.abs(x).max(axis=0) / half, weight_absmax * half, rtol=1e-5)
    zeros = smoothing_factors(np.zeros(2, np.float32), np.array([0, 1], np.float32), 0.5)
    np.testing.assert_array_equal(zeros, 1)


def test_remedies_leave_more_levels_to_the_rest() -> None:
    x = spiked()
    before = {left.grid: left for left in levels_left(x)}
    assert list(before) == list(GRIDS)
    assert before["tensor"].levels <= before["token"].levels <= before["b32"].levels
    assert before["tensor"].levels <= 5
    assert before["tensor"].of_levels == 255
    weights = np.full(96, 0.1, np.float32)
    for remedy in (Remedy(smoothing=0.9), Remedy(rotates=True), Remedy(clip=1.0)):
        after = {left.grid: left for left in levels_left(apply(x, remedy, weights))}
        assert after["tensor"].levels > 4 * before["tensor"].levels, remedy
    assert np.abs(apply(x, Remedy(clip=2.5))).max() == 2.5
    np.testing.assert_array_equal(apply(x, Remedy()), x)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Remedy(smoothing=1.5),
        lambda: Remedy(clip=0.0),
        lambda: Remedy(clip=np.nan),
        lambda: apply(spiked(), Remedy(smoothing=0.5)),
    ],
)
def test_remedies_that_make_no_sense_are_refused(make: object) -> None:
    with pytest.raises(RequestError) as failure:
        make()
    assert is_one_sentence(str(failure.value))
