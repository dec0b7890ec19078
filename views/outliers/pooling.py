"""What of a map falls on which pixel: the largest of all that share one, however far it is zoomed out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from views.frames.outliers import Codes

_NARROW = 256


class Pyramid:
    """Codes [rows, columns] and ever narrower versions of them, each column the largest of two before it."""

    def __init__(self, codes: Codes) -> None:
        self.codes = np.ascontiguousarray(codes)
        self._levels = [self.codes]
        while self._levels[-1].shape[1] > _NARROW:
            self._levels.append(_halved(self._levels[-1]))

    def pixels(self, columns: tuple[float, float], rows: tuple[float, float], size: tuple[int, int]) -> Codes:
        """The part [columns) × [rows) of the map for `size` (width, height) pixels: uint8 [lines, width].

        Where several cells share a pixel the largest is shown, and every cell in the part shares one. Rows
        that are higher than a pixel are one line each, whole even where the part cuts them.
        """
        wide = self._across(*columns, size[0], *rows)
        return _down(wide, rows[0] - int(rows[0]), rows[1] - int(rows[0]), size[1])

    def _across(self, first: float, last: float, pixels: int, top: float, bottom: float) -> Codes:
        edges = np.linspace(first, last, pixels + 1)
        step = (last - first) / pixels
        level = min(max(int(np.log2(step)), 0) if step > 1 else 0, len(self._levels) - 1)
        cells = self._levels[level][int(top) : int(np.ceil(bottom))]
        if step <= 1:
            return cells[:, _inside((edges[:-1] + edges[1:]) / 2, cells.shape[1])]
        return _largest(cells, edges / 2**level)


def _largest(cells: Codes, edges: NDArray[np.float64]) -> Codes:
    """The largest cell of every interval between two edges, along the columns."""
    starts = _inside(edges[:-1], cells.shape[1])
    stops = np.maximum(_inside(np.ceil(edges[1:]) - 1, cells.shape[1]), starts)
    result = cells[:, starts]
    for k in range(1, int((stops - starts).max()) + 1):
        result = np.maximum(result, cells[:, np.minimum(starts + k, stops)])
    return result


def _down(cells: Codes, top: float, bottom: float, pixels: int) -> Codes:
    if bottom - top <= pixels:
        return np.ascontiguousarray(cells)
    edges = np.linspace(top, bottom, pixels + 1)
    return np.ascontiguousarray(_largest(np.ascontiguousarray(cells.T), edges).T)


def _inside(places: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    return np.clip(np.floor(places), 0, count - 1).astype(np.intp)


def _halved(codes: Codes) -> Codes:
    even, odd = codes[:, ::2], codes[:, 1::2]
    result = even.copy()
    np.maximum(result[:, : odd.shape[1]], odd, out=result[:, : odd.shape[1]])
    return result
