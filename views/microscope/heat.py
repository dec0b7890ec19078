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


def pooled(values: FloatArray, worst: Worst, axis: int) -> FloatArray:
    """Half as many rows (axis 0) or columns (1), each cell the worst of the two it stands for."""
    count = values.shape[axis] // 2 * 2
    whole, rest = np.split(values, [count], axis=axis)
    pairs = (whole[0::2], whole[1::2]) if axis == 0 else (whole[:, 0::2], whole[:, 1::2])
    return np.concatenate([np.minimum(*pairs) if worst == "min" else np.maximum(*pairs), rest], axis=axis)


class Pyramid:
    """A picture with its rows and its columns halved as often as asked, each halving done once."""

    def __init__(self, values: FloatArray, worst: Worst) -> None:
        self._worst: Worst = worst
        self._pictures = {(0, 0): np.ascontiguousarray(values)}
        rows, columns = values.shape
        self.deepest = max(rows - 1, 0).bit_length(), max(columns - 1, 0).bit_length()

    def picture(self, rows: int, columns: int) -> FloatArray:
        """Rows halved `rows` times, columns `columns` times."""
        if (rows, columns) not in self._pictures:
            axis = 0 if rows else 1
            larger = self.picture(rows - 1, columns) if rows else self.picture(0, columns - 1)
            self._pictures[rows, columns] = pooled(larger, self._worst, axis)
        return self._pictures[rows, columns]
