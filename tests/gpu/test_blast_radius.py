from __future__ import annotations

import numpy as np

from gpu.blast_radius import FORMATS, REACHES, RadiusPoint, blast_radius


def planted(at: int = 1000, times_median: float = 100) -> np.ndarray:
    """A Gaussian token of 4,096 channels with one value 100 times the median magnitude."""
    x = np.random.default_rng(11).standard_normal((1, 4096)).astype(np.float32)
    x[0, at] = times_median * np.median(np.abs(x))
    return x


def points(x: np.ndarray) -> dict[tuple[str, str], RadiusPoint]:
    return {(point.format, point.granularity): point for point in blast_radius(x)}


def test_the_cliff_of_four_bits_appears_by_itself() -> None:
    """Eight bits keep a little under one scale for all; four keep nothing, and blocks give it back."""
    found = points(planted())
    assert list(found) == [(name, reach) for name in FORMATS for reach in REACHES]
    assert found["int8", "tensor"].median_levels > 4
    assert found["int4", "tensor"].median_levels == 0
    assert found["int4", "tensor"].zeroed_share > 0.99
    assert found["int8", "b16"].median_levels > 200
    assert found["int4", "b16"].median_levels >= 11
    # What blocks cannot give back is what the outlier's own block lost.
    assert found["int4", "b16"].zeroed_share < 0.15


def test_finer_scales_cost_bits_and_save_error() -> None:
    found = points(planted())
    for name in FORMATS:
        costs = [found[name, reach].bits_per_value for reach in REACHES]
        errors = [found[name, reach].relative_error for reach in REACHES]
        assert costs == sorted(costs)
        assert errors == sorted(errors, reverse=True)
