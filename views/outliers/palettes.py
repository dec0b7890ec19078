"""Colour maps that read the same to everybody: even in lightness, safe for the colour-blind."""

from __future__ import annotations

from functools import cache

import cmap
import numpy as np

from views.frames.outliers import CHANGE, LARGEST

_NAMES = {
    "viridis": "viridis",
    "cividis": "cividis",
    "magma": "magma",
    "batlow": "crameri:batlow",
    "lipari": "crameri:lipari",
    CHANGE: "crameri:vik",
}


@cache
def colour_table(name: str, not_finite: str) -> tuple[int, ...]:
    """256 colours as 0xAARRGGBB: the map over the codes 0 … LARGEST, and one for what is no number."""
    colours = ramp(name)
    if name == CHANGE:  # even codes go up from the middle, odd ones down
        middle = LARGEST // 2
        colours = tuple(colours[middle + (-1) ** code * (code // 2)] for code in range(LARGEST + 1))
    return (*colours, 0xFF000000 | int(not_finite.lstrip("#"), 16))


@cache
def ramp(name: str) -> tuple[int, ...]:
    """LARGEST + 1 colours as 0xAARRGGBB from the least value to the most."""
    steps = cmap.Colormap(_NAMES[name])(np.linspace(0, 1, LARGEST + 1))
    table = (np.asarray(steps)[:, :3] * 255).round().astype(int)
    return tuple(0xFF000000 | (r << 16) | (g << 8) | b for r, g, b in table.tolist())
