from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gpu.kernels.channel_rows import ROWS
from gpu.kernels.channel_stats import reference
from gpu.probes.statistics import SiteStatistics, from_words, kurtosis, merged

FIGURES = ("absmax", "mean_abs", "rms", "kurtosis", "low", "high", "peak", "ratio", "share_low", "share_high")


def of(x: np.ndarray, first_token: int = 0) -> SiteStatistics:
    words = np.zeros((ROWS, x.shape[1]), np.uint32)
    return from_words("layers.0", len(x), reference(words, x, (0.5, 2.0)), first_token)


@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 30))
def test_two_halves_are_the_whole(seed: int, first: int, later: int) -> None:
    x = np.random.default_rng(seed).standard_normal((first + later, 7)).astype(np.float32)
    found, whole = merged(of(x[:first]), of(x[first:], first)), of(x)
    assert found.tokens == whole.tokens
    for figure in FIGURES:
        np.testing.assert_allclose(getattr(found, figure), getattr(whole, figure), rtol=1e-5, err_msg=figure)


def test_figures_of_known_values() -> None:
    found = of(np.array([[1, 0, 3], [-1, 0, 0], [1, 0, 0], [-1, 0, 0]], np.float32))
    np.testing.assert_array_equal(found.kurtosis, [1, 0, 4])
    np.testing.assert_array_equal(found.share_low, [1, 0, 0.25])
    np.testing.assert_array_equal(found.share_high, [0, 0, 0.25])
    np.testing.assert_array_equal(found.ratio, [0.5, 0, 1.5])  # the median of 1 and 3 is 2
    np.testing.assert_array_equal(found.peak, [0, 0, 0])


def test_what_is_not_finite_survives_a_merge_with_what_is() -> None:
    x = np.ones((4, 3), np.float32)
    x[1, 0], x[2, 2] = np.inf, np.nan
    for found in (
        merged(of(x), of(np.ones((2, 3), np.float32), 4)),
        merged(of(np.ones((2, 3), np.float32)), of(x, 2)),
    ):
        assert found.non_finite.tolist() == [0, 2]
        assert found.tokens == 6


def test_nothing_seen_is_no_number_divided_by_zero() -> None:
    empty = from_words("layers.0", 0, np.zeros((ROWS, 4), np.uint32))
    for figure in FIGURES:
        assert not getattr(empty, figure).any()
    x = of(np.ones((3, 4), np.float32))
    np.testing.assert_array_equal(merged(empty, x).rms, x.rms)


def test_kurtosis_of_a_normal_distribution_is_three() -> None:
    x = np.random.default_rng(0).standard_normal(200_000)
    assert abs(kurtosis(np.mean(x**4, keepdims=True), np.mean(x**2, keepdims=True))[0] - 3) < 0.1
