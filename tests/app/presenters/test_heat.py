from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.presenters.heat import SCALES, coded
from views.frames.outliers import LARGEST, NOT_FINITE


@given(st.sampled_from([s.key for s in SCALES]), st.integers(0, 2**32))
def test_codes_keep_the_order_of_values(scale: str, seed: int) -> None:
    values = np.random.default_rng(seed).lognormal(size=(3, 50)).astype(np.float32)
    codes = coded(values, scale).codes
    order = values.reshape(-1).argsort()
    assert (np.diff(codes.reshape(-1)[order].astype(int)) >= 0).all()
    assert codes.max() == LARGEST


@pytest.mark.parametrize("scale", [s.key for s in SCALES])
def test_what_is_not_finite_is_marked_and_moves_no_end(scale: str) -> None:
    values = np.array([[1, 2, 3, 4]], np.float32)
    broken = np.array([[1, 2, 3, 4, np.inf, np.nan]], np.float32)
    plain, found = coded(values, scale), coded(broken, scale)
    np.testing.assert_array_equal(found.codes[0, :4], plain.codes[0])
    assert found.codes[0, 4:].tolist() == [NOT_FINITE, NOT_FINITE]
    assert (found.low, found.high) == (plain.low, plain.high)


def test_ends_are_the_values_where_colours_saturate() -> None:
    values = np.array([[1, 10, 100]], np.float32)
    assert (coded(values, "log").low, coded(values, "log").high) == ("1", "100")
    narrow = coded(values, "log", (0.0, 0.5))
    assert (narrow.low, narrow.high) == ("1", "10")
    assert narrow.codes.tolist() == [[0, LARGEST, LARGEST]]
    assert coded(values, "linear", (0.0, 0.5)).high == "50.5"
    assert coded(values, "rank").codes[0].tolist()[1] in range(120, 136)


def test_nothing_but_zeros_or_nan_is_drawn_as_that() -> None:
    assert not coded(np.zeros((2, 3), np.float32), "log").codes.any()
    assert (coded(np.full((2, 3), np.nan, np.float32), "linear").codes == NOT_FINITE).all()
