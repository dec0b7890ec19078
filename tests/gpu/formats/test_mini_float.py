from __future__ import annotations

import numpy as np
import pytest

from gpu.formats import mini_float
from tests.gpu.formats.test_family import golden


@pytest.mark.parametrize("name", ["e4m3", "e5m2", "e2m3", "e3m2", "e2m1"])
def test_casts_equal_those_of_ml_dtypes(name: str) -> None:
    element: mini_float.MiniFloat = getattr(mini_float, name.upper())
    codes, rounded = element.round(golden()["numbers"])
    np.testing.assert_array_equal(rounded, golden()[name])
    order = rounded.argsort()
    assert (np.diff(codes[order]) >= 0).all()


@pytest.mark.parametrize(
    ("element", "largest_exponent", "largest_code"),
    [
        (mini_float.E4M3, 8, 126),
        (mini_float.E5M2, 15, 123),
        (mini_float.E2M3, 2, 31),
        (mini_float.E3M2, 4, 31),
        (mini_float.E2M1, 2, 7),
    ],
)
def test_ranges(element: mini_float.MiniFloat, largest_exponent: int, largest_code: int) -> None:
    assert (element.largest_exponent, element.largest_code) == (largest_exponent, largest_code)


def test_the_eight_magnitudes_of_e2m1() -> None:
    magnitudes = np.float32([0, 0.5, 1, 1.5, 2, 3, 4, 6])
    codes, rounded = mini_float.E2M1.round(magnitudes)
    np.testing.assert_array_equal(rounded, magnitudes)
    np.testing.assert_array_equal(codes, range(8))
