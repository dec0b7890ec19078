from __future__ import annotations

import numpy as np
import pytest

from gpu.block_grid import lay_out
from gpu.formats.granularity import Granularity

X = np.arange(2 * 70, dtype=np.float32).reshape(2, 70)


@pytest.mark.parametrize(
    ("granularity", "shape", "block", "scales"),
    [
        ("b16", (2, 5), 16, 10),
        ("b32", (2, 3), 32, 6),
        ("b1000000", (2, 1), 70, 2),
        ("token", (2, 3), 32, 2),
        ("tensor", (2, 3), 32, 1),
        ("channel", (70, 1), 2, 70),
    ],
)
def test_shapes(granularity: str, shape: tuple[int, int], block: int, scales: int) -> None:
    grid = lay_out(X, Granularity.parse(granularity))
    assert grid.shape == shape
    assert grid.block == block
    assert grid.scales == scales
    assert grid.finite == 140
    assert grid.values.shape == (shape[0], shape[1] * block)


def reached(granularity: str) -> np.ndarray:
    grid = lay_out(X, Granularity.parse(granularity))
    return grid.reach.absmax.reshape(grid.shape)


def test_each_scale_reaches_as_far_as_its_granularity_says() -> None:
    np.testing.assert_array_equal(reached("b32"), [[31, 63, 69], [101, 133, 139]])
    np.testing.assert_array_equal(reached("token"), [[69] * 3, [139] * 3])
    np.testing.assert_array_equal(reached("tensor"), [[139] * 3] * 2)
    np.testing.assert_array_equal(reached("channel")[:, 0], X[1])


def test_the_array_given_is_left_alone() -> None:
    x = np.float32([[1, np.nan, 3]])
    lay_out(x, Granularity.parse("b32"))
    assert np.isnan(x[0, 1])
