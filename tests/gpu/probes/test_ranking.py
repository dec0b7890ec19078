from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gpu.probes.ranking import Outlier, median_magnitude, outlying, quantiles, rank


def lognormal(seed: int, channels: int, sigma: float) -> np.ndarray:
    return np.exp(sigma * np.random.default_rng(seed).standard_normal(channels))


@given(seed=st.integers(0, 2**32), channels=st.sampled_from([64, 300, 1024]), sigma=st.floats(0.05, 0.45))
def test_channels_planted_in_a_site_are_found_and_no_others(seed: int, channels: int, sigma: float) -> None:
    magnitudes = lognormal(seed, channels, sigma)
    planted = np.random.default_rng(seed).choice(channels, 3, replace=False)
    magnitudes[planted] = np.array([20.0, 64.0, 1000.0]) * np.median(magnitudes)
    assert [outlier.channel for outlier in rank(magnitudes)] == planted[::-1].tolist()


@given(st.integers(0, 2**32), st.floats(0.0, 0.4))
def test_an_even_site_has_none(seed: int, sigma: float) -> None:
    assert rank(lognormal(seed, 3072, sigma)) == []


def test_a_heavy_tail_needs_a_larger_ratio() -> None:
    wide = np.exp(
        np.linspace(-2, 2, 513)
    )  # quartiles at ±1: σ = 1.48, so the limit is exp(1.48 · 3.53) = 188
    assert rank(np.append(wide, 100.0)) == []
    assert [outlier.channel for outlier in rank(np.append(wide, 300.0))] == [513]


def test_figures_of_an_outlier() -> None:
    magnitudes = np.full(9, 2.0, np.float32)
    magnitudes[4] = 30
    assert rank(magnitudes) == [Outlier(4, 30.0, 15.0)]


@given(st.floats(1e-6, 1e6))
def test_the_unit_does_not_matter(factor: float) -> None:
    magnitudes = lognormal(1, 200, 0.3)
    magnitudes[7] = 50
    found = [outlier.channel for outlier in rank(magnitudes * factor)]
    assert found == [7]


@given(seed=st.integers(0, 2**32), rows=st.integers(1, 5), sigma=st.floats(0, 2), odd=st.booleans())
def test_many_rows_at_once_are_ranked_as_one_by_one(seed: int, rows: int, sigma: float, odd: bool) -> None:
    magnitudes = lognormal(seed, 64 * rows, sigma).reshape(rows, 64).astype(np.float32)
    magnitudes[:, 7] *= 30
    if odd:
        magnitudes[0, :3] = [0, np.nan, np.inf]
    assert outlying(magnitudes) == [frozenset(o.channel for o in rank(row)) for row in magnitudes]


def test_zeros_do_not_count_as_typical_channels() -> None:
    magnitudes = np.zeros(100)
    magnitudes[:10] = 1.0
    assert median_magnitude(magnitudes) == 1.0
    assert rank(magnitudes) == []
    assert rank(np.zeros(5)) == []
    assert rank([]) == []


def test_a_channel_that_overflowed_comes_first() -> None:
    magnitudes = np.ones(50)
    magnitudes[[3, 8, 9]] = [100.0, np.nan, np.inf]
    found = rank(magnitudes)
    assert [outlier.channel for outlier in found] == [8, 9, 3]
    assert math.isinf(found[0].ratio)


@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 40),
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=4),
)
def test_quantiles_are_those_of_numpy(seed: int, count: int, shares: list[float]) -> None:
    values = lognormal(seed, 3 * count, 1.0).reshape(3, count)
    np.testing.assert_allclose(quantiles(values, *shares), np.quantile(values, shares, axis=-1), rtol=1e-6)
