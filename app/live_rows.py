"""The newest tokens at one site as rows of a matrix, so that a live map has a history."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gpu.damage_stream import ArrayRows
from gpu.events import ChannelStats

MOST_VALUES = 1 << 17  # measured within a frame


class LiveRows:
    """As many tokens as can be measured at the spikes' pace; those of one site at a time."""

    def __init__(self) -> None:
        self._site = ""
        self._rows: list[npt.NDArray[np.float32]] = []

    def add(self, stats: ChannelStats) -> ArrayRows:
        """All rows, this token's last. Values that are not finite become 0."""
        if stats.site != self._site:
            self._site = stats.site
            self._rows.clear()
        self._rows.append(np.nan_to_num(stats.newest, nan=0, posinf=0, neginf=0))
        del self._rows[: -max(MOST_VALUES // max(stats.newest.size, 1), 1)]
        return ArrayRows(np.stack(self._rows))
