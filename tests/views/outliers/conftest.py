"""Frames made up for the views of the outlier browser."""

from __future__ import annotations

import numpy as np

from views.frames.outliers import NOT_FINITE, BarsFrame, HeatFrame


def heat(
    rows: int = 4, columns: int = 600, spike: tuple[int, int] = (2, 431), **changes: object
) -> HeatFrame:
    """Low codes but for one spike."""
    codes = np.full((rows, columns), 20, np.uint8)
    codes[spike] = 250
    fields = {
        "key": "a",
        "codes": codes,
        "row_names": tuple(map(str, range(rows))),
        "column_ids": np.arange(columns, dtype=np.int32),
        "low": "0.1",
        "high": "12",
    }
    return HeatFrame(**{**fields, **changes})


def with_hole() -> HeatFrame:
    frame = heat()
    frame.codes[0, 5] = NOT_FINITE
    return frame


def some_bars(title: str = "bars", values: int = 12) -> BarsFrame:
    return BarsFrame(
        title, np.linspace(1, 9, values, dtype=np.float32), 0.1, 20.0, 5.0, "median", ((3, "spike"),)
    )
