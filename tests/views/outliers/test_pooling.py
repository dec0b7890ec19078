from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from views.outliers.pooling import Pyramid


@settings(max_examples=60)
@given(
    rows=st.integers(1, 40),
    columns=st.integers(1, 3000),
    width=st.integers(1, 500),
    height=st.integers(1, 60),
    seed=st.integers(0, 2**32),
)
def test_a_spike_of_one_channel_never_disappears(
    rows: int, columns: int, width: int, height: int, seed: int
) -> None:
    """Every cell of the part in view is on some pixel, however many share it."""
    rng = np.random.default_rng(seed)
    codes = np.zeros((rows, columns), np.uint8)
    row, column = rng.integers(rows), rng.integers(columns)
    codes[row, column] = 9
    first, last = (
        rng.uniform(0, column),
        rng.uniform(column + 1, columns) if column + 1 < columns else columns,
    )
    top, bottom = rng.uniform(0, row), rng.uniform(row + 1, rows) if row + 1 < rows else rows
    pixels = Pyramid(codes).pixels((first, last), (top, bottom), (width, height))
    assert pixels.shape[1] == width
    assert len(pixels) == (height if bottom - top > height else np.ceil(bottom) - int(top))
    fits = (last - first) / width >= 1 and (bottom - top) / height >= 1
    if fits:
        assert pixels.max() == 9
    whole = Pyramid(codes).pixels((0, columns), (0, rows), (width, height))
    assert whole.max() == 9 or width > columns * 50


def test_pixels_show_cells_where_there_is_room() -> None:
    codes = np.arange(12, dtype=np.uint8).reshape(2, 6)
    np.testing.assert_array_equal(Pyramid(codes).pixels((0, 6), (0, 2), (12, 4)), codes.repeat(2, axis=1))
    np.testing.assert_array_equal(Pyramid(codes).pixels((2, 4), (1, 2), (4, 1)), [[8, 8, 9, 9]])


def test_pixels_show_the_largest_of_what_they_share() -> None:
    codes = np.array([[1, 5, 2, 3, 9, 4]], np.uint8)
    np.testing.assert_array_equal(Pyramid(codes).pixels((0, 6), (0, 1), (3, 1)), [[5, 3, 9]])
    np.testing.assert_array_equal(Pyramid(codes.T).pixels((0, 1), (0, 6), (1, 3)), [[5], [3], [9]])


def test_rows_that_are_cut_are_whole_lines() -> None:
    codes = np.arange(5, dtype=np.uint8)[:, None]
    np.testing.assert_array_equal(Pyramid(codes).pixels((0, 1), (1.5, 3.2), (1, 9)), [[1], [2], [3]])
