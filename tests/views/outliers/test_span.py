from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.outliers.span import Span


@given(st.integers(1, 5000), st.floats(0.1, 10), st.floats(0, 1), st.floats(-3, 3))
def test_the_part_in_view_stays_inside(count: int, factor: float, at: float, share: float) -> None:
    span = Span(count).zoomed(factor, at).moved(share).zoomed(1 / factor, at)
    first, last = span.part
    assert -1e-6 <= first < last <= count + 1e-6
    assert span.length >= min(4, count) - 1e-6


def test_zooming_keeps_what_is_under_the_pointer() -> None:
    span = Span(1000)
    assert span.zoomed(0.5, 0.25).at(0.25) == pytest.approx(span.at(0.25))
    assert span.zoomed(0.5, 0.5).zoomed(10, 0.5).part == (0, 1000)
    assert span.zoomed(1e-9, 0.5).length == 4


def test_a_range_is_shown_with_a_few_more_if_it_is_short() -> None:
    assert Span(100).around(20, 60).part == (20, 60)
    assert Span(100).around(20, 21).part == (18.5, 22.5)
    assert Span(100).around(99, 100).part == (96, 100)


def test_places_and_shares_are_each_others_inverse() -> None:
    span = Span(50).around(10, 30)
    assert span.share(span.at(0.3)) == pytest.approx(0.3)
    assert (span.index(-4), span.index(70)) == (0, 49)
    assert Span(0).share(0) == 0
