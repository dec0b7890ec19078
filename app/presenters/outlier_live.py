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
    """One token: which it is of those the model read in this run (from 1), and its values f32 [channels];
    `name` is what it is called where it was opened in the chat."""

    number: int
    values: F32 = field(repr=False)
    name: str = ""


def most_rows(channels: int) -> int:
    return int(np.clip(MOST_VALUES // max(channels, 1), 8, MOST_ROWS))


def height(rows: int) -> int:
    """Rows of the map, the next power of two: it seldom changes, so that what is zoomed to stays."""
    return max(16, 1 << (rows - 1).bit_length())


def name_of(row: LiveRow, prompt_tokens: int, pieces: Sequence[bytes]) -> str:
    """What the token reads as; its number where it belongs to the prompt."""
    place = row.number - prompt_tokens - 1
    if row.name or not 0 <= place < len(pieces):
        return row.name or f"{row.number:,}"
    return pieces[place].decode(errors="replace").replace("\n", "⏎").strip(" ") or "␣"


def live_frame(
    rows: Sequence[LiveRow], names: Sequence[str], site: str, pick: MapPick, channel: int | None
) -> HeatFrame:
    """Oldest first, at the bottom of the map's height."""
    if not rows:
        return HeatFrame(empty=WAITING)
    values = np.abs(np.stack([row.values for row in rows]))
    found = coded(values, pick.scale, pick.handles)
    blank = height(len(rows)) - len(rows)
    codes = np.zeros((blank + len(rows), values.shape[1]), np.uint8)
    codes[blank:] = found.codes
    opened = [place for place, row in enumerate(rows) if row.name]
    at = opened[-1] if opened else len(rows) - 1
    if channel is None and opened:
        channel = int(np.nan_to_num(values[at], nan=np.inf).argmax())
    return HeatFrame(
        key=f"live {site}",
        codes=codes,
        row_names=("",) * blank + tuple(names),
        column_ids=np.arange(values.shape[1], dtype=np.int32),
        rows="token",
        low=found.low,
        high=found.high,
        palette=pick.palette,
        blank_rows=blank,
        pinned=None if channel is None or channel >= values.shape[1] else (blank + at, channel),
    )


def live_readout(rows: Sequence[LiveRow], names: Sequence[str], site: str, row: int, channel: int) -> str:
    """The value under the pointer, exactly."""
    if not rows:
        return site
    place = row - (height(len(rows)) - len(rows))
    if not (0 <= place < len(rows) and 0 <= channel < rows[0].values.size):
        return f"{site} · the newest {len(rows)} tokens of the chat"
    return f"{names[place]} · channel {channel:,} · {exact(float(rows[place].values[channel]))}"
