"""Colour maps that read the same to everybody: even in lightness, safe for the colour-blind."""

from __future__ import annotations

from functools import cache

import cmap
import numpy as np

from views.frames.outliers import LARGEST

_NAMES = {
    "viridis": "viridis",
    "cividis": "cividis",
    "magma": "magma",
    "batlow": "crameri:batlow",
    "lipari": "crameri:lipari",
}


@cache
def colour_table(name: str, not_finite: str) -> tuple[int, ...]:
    """256 colours as 0xAARRGGBB: the map over the codes 0 … LARGEST, and one for what is no number."""
    steps = cmap.Colormap(_NAMES[name])(np.linspace(0, 1, LARGEST + 1))
    table = (np.asarray(steps)[:, :3] * 255).round().astype(int)
    colours = [0xFF000000 | (r << 16) | (g << 8) | b for r, g, b in table.tolist()]
    return (*colours, 0xFF000000 | int(not_finite.lstrip("#"), 16))
