"""The chat's newest tokens at one site, a row each, ready to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from app.presenters.heat import coded
from app.presenters.outliers import MapPick, exact
from views.frames.outliers import HeatFrame

F32 = npt.NDArray[np.float32]
MOST_VALUES = 1 << 19  # of so many a map is made within a frame
MOST_ROWS = 128
WAITING = "The chat's tokens appear here as they arrive; ask something."


@dataclass(frozen=True)
class LiveRow:
    """One token: its position in the context, its values f32 [channels], and the bytes it reads as."""

    position: int
    values: F32 = field(repr=False)
    piece: bytes = b""

    @property
    def name(self) -> str:
        return self.piece.decode(errors="replace").replace("\n", "⏎").strip(" ") or "␣"


def most_rows(channels: int) -> int:
    return int(np.clip(MOST_VALUES // max(channels, 1), 8, MOST_ROWS))


def height(rows: int) -> int:
    """Rows of the map, the next power of two: it seldom changes, so that what is zoomed to stays."""
    return max(16, 1 << (rows - 1).bit_length())


def live_frame(rows: Sequence[LiveRow], site: str, pick: MapPick, channel: int | None) -> HeatFrame:
    """Oldest first, at the bottom of the map's height; the newest is marked where a channel is pinned."""
    if not rows:
        return HeatFrame(empty=WAITING)
    values = np.abs(np.stack([row.values for row in rows]))
    found = coded(values, pick.scale, pick.handles)
    blank = height(len(rows)) - len(rows)
    codes = np.zeros((blank + len(rows), values.shape[1]), np.uint8)
    codes[blank:] = found.codes
    is_there = channel is not None and channel < values.shape[1]
    return HeatFrame(
        key=f"live {site}",
        axes=("token", "channel"),
        codes=codes,
        row_names=("",) * blank + tuple(row.name for row in rows),
        column_ids=np.arange(values.shape[1], dtype=np.int32),
        low=found.low,
        high=found.high,
        palette=pick.palette,
        pinned=(len(codes) - 1, channel) if channel is not None and is_there else None,
        blank_rows=blank,
    )


def live_readout(rows: Sequence[LiveRow], site: str, row: int, channel: int) -> str:
    """The value under the pointer, exactly."""
    if not rows:
        return site
    place = row - (height(len(rows)) - len(rows))
    if not (0 <= place < len(rows) and 0 <= channel < rows[0].values.size):
        return f"{site} · the newest {len(rows)} tokens"
    at = rows[place]
    return f"token {at.position:,} {at.name!r} · channel {channel:,} · {exact(float(at.values[channel]))}"
