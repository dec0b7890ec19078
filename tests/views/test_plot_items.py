"""Reduction to pixel columns never loses the extreme, and labels never cover each other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PySide6.QtCore import QPointF, QRectF

from views.plot_items import extremes, place_labels

VALUES = arrays.arrays(np.float32, st.integers(1, 400), elements=st.floats(-1e6, 1e6, width=32))
AREA = QRectF(0, 0, 300, 150)
TIPS = st.lists(st.tuples(st.floats(0, 300), st.floats(0, 150)), max_size=8)


@given(VALUES, st.integers(1, 500))
def test_extremes_keep_the_largest_and_the_smallest(values: np.ndarray, columns: int) -> None:
    for keep, best in (("max", values.max()), ("min", values.min())):
        at, heights = extremes(values, columns, keep)
        assert len(at) == len(heights) == min(columns, len(values))
        assert best in heights
        assert np.all(np.diff(at) > 0)
        assert 0 <= at[0] <= at[-1] <= len(values) - 1


@given(VALUES)
def test_values_that_fit_are_left_alone(values: np.ndarray) -> None:
    at, heights = extremes(values, len(values), "max")
    assert np.array_equal(at, np.arange(len(values)))
    assert np.array_equal(heights, values)


def test_each_column_stands_for_its_own_stretch() -> None:
    at, heights = extremes(np.array([1, 9, 2, 3, 8, 4], np.float32), 3, "max")
    assert list(heights) == [9, 3, 8]
    assert list(at) == [0.5, 2.5, 4.5]


@given(TIPS)
def test_labels_stay_inside_and_apart(tips: list[tuple[float, float]]) -> None:
    spots = place_labels([QPointF(*tip) for tip in tips], [70.0] * len(tips), 14.0, AREA)
    shown = [spot for spot in spots if not spot.isNull()]
    assert len(spots) == len(tips)
    assert all(AREA.contains(spot) for spot in shown)
    assert not any(a.intersects(b) for i, a in enumerate(shown) for b in shown[:i])


@given(TIPS)
def test_labels_hide_no_other_stem(tips: list[tuple[float, float]]) -> None:
    points = [QPointF(*tip) for tip in tips]
    for spot, own in zip(place_labels(points, [70.0] * len(tips), 14.0, AREA), points, strict=True):
        stems = [QRectF(p.x(), p.y(), 1e-6, 150 - p.y() + 1) for p in points if p.x() != own.x()]
        assert spot.isNull() or not any(spot.intersects(stem) for stem in stems)


def test_a_lone_label_sits_above_its_tip() -> None:
    (spot,) = place_labels([QPointF(150, 100)], [60.0], 14.0, AREA)
    assert spot.center().x() == 150
    assert spot.bottom() < 100


def test_a_label_at_the_edge_moves_inward() -> None:
    for x in (1, 299):
        (spot,) = place_labels([QPointF(x, 80)], [60.0], 14.0, AREA)
        assert AREA.contains(spot)
        assert spot.bottom() < 80
