from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from views.microscope.heat import Pyramid, Worst, heat_table, pooled
from views.theme import Theme


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(["min", "max"]), st.sampled_from([0, 1]))
def test_the_worst_of_two_survives(rows: int, columns: int, worst: Worst, axis: int) -> None:
    values = np.random.default_rng(rows * 10 + columns).standard_normal((rows, columns)).astype(np.float32)
    small = pooled(values, worst, axis)
    pick = np.min if worst == "min" else np.max
    lines, found = (values, small) if axis == 0 else (values.T, small.T)
    assert len(found) == -(-len(lines) // 2)
    for at, line in enumerate(found):
        np.testing.assert_array_equal(line, pick(lines[2 * at : 2 * at + 2], axis=0))


def test_one_bad_block_of_millions_is_seen_from_afar() -> None:
    values = np.full((3000, 1100), 20, np.float32)
    values[2999, 1099] = 1
    pyramid = Pyramid(values, "min")
    assert pyramid.picture(4, 3).shape == (188, 138)
    assert pyramid.picture(4, 3)[-1, -1] == pyramid.picture(4, 3).min() == 1
    assert pyramid.picture(*pyramid.deepest).shape == (1, 1)


@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
def test_the_worst_stands_out_from_the_background(theme: Theme, scheme: Qt.ColorScheme) -> None:
    theme.override(scheme)
    brightness = heat_table(theme).astype(int).sum(axis=1)
    assert len(brightness) == 256
    steps = np.diff(brightness) if theme.is_dark else -np.diff(brightness)
    assert steps.min() >= -4  # even to the eye, so all but rising in plain sums
    assert abs(brightness[-1] - brightness[0]) > 300
