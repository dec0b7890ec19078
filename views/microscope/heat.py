"""Colours of damage, from harmless to worst, and how much of a picture is kept when it is made smaller."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from views.frames.arrays import FloatArray
from views.theme import Theme

Worst = Literal["min", "max"]
COLOURS = 256
_PALE = 0.94  # where the palette of a light theme begins: its very end is white, as is the paper


def heat_table(theme: Theme) -> NDArray[np.uint8]:
    """uint8 [256, 3], harmless first: even to the eye, and away from the background."""
    whole = pg.colormap.get("magma")
    ends = (0.12, 1.0) if theme.is_dark else (_PALE, 0.16)
    table: NDArray[np.uint8] = whole.mapToByte(np.linspace(*ends, COLOURS))[:, :3].copy()
    return table


def pooled(values: FloatArray, worst: Worst) -> FloatArray:
    """Half as many rows and columns, each cell the worst of the four it stands for."""
    reduce = np.minimum if worst == "min" else np.maximum
    for axis in (0, 1):
        if values.shape[axis] > 1:
            even, odd = (values[i::2] if axis == 0 else values[:, i::2] for i in (0, 1))
            head = even[: odd.shape[0], : odd.shape[1]]
            joined = reduce(head, odd)
            rest = even[odd.shape[0] :] if axis == 0 else even[:, odd.shape[1] :]
            values = np.concatenate([joined, rest], axis=axis)
    return values


def pyramid(values: FloatArray, worst: Worst, smallest: int = 256) -> list[FloatArray]:
    """The picture, and ever smaller ones down to `smallest` cells a side."""
    levels = [np.ascontiguousarray(values)]
    while max(levels[-1].shape) > smallest and max(levels[-1].shape) > 1:
        levels.append(pooled(levels[-1], worst))
    return levels
