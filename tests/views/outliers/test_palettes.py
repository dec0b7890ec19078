from __future__ import annotations

import numpy as np
import pytest

from views.frames.outliers import CHANGE, LARGEST, PALETTES
from views.outliers.palettes import colour_table, ramp


@pytest.mark.parametrize("name", [choice.key for choice in PALETTES])
def test_lightness_rises_or_falls_all_the_way(name: str) -> None:
    """Whoever sees no hues still sees which of two values is larger."""
    table = colour_table(name, "#b3261e")
    assert len(table) == 256
    assert table[255] == 0xFFB3261E
    rgb = np.array([[(c >> shift) & 255 for shift in (16, 8, 0)] for c in table[:255]]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = np.cbrt(linear @ (0.2126, 0.7152, 0.0722))
    steps = np.diff(luminance[::8])
    assert (np.sign(steps) == np.sign(steps.sum())).mean() > 0.95
    assert abs(luminance[-1] - luminance[0]) > 0.4


def test_changes_up_and_down_have_opposite_colours() -> None:
    table, colours = colour_table(CHANGE, "#b3261e"), ramp(CHANGE)
    assert table[0] == table[1] == colours[LARGEST // 2]
    assert (table[253], table[254]) == (colours[1], colours[254])
