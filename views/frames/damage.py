"""The damage panel."""

from __future__ import annotations

from dataclasses import dataclass, field

from views.frames.arrays import FloatArray, empty
from views.frames.choice import Choice


@dataclass(frozen=True, eq=False)
class DamageFrame:
    """What rounding did to the newest token's values at `site`, cut into blocks of `block_channels` channels.

    `scales`, `levels` (steps of the grid a typical value of the block still spans, 0 … `max_levels`) and
    `sqnr_db` (signal to quantization noise) are float32 [blocks]. Where one scale covers the whole token the
    arrays still have one entry a block, so that its effect can be compared. `format` is "int8" or "int4".
    """

    site: str = ""
    formats: tuple[Choice, ...] = ()
    format: str = ""
    granularities: tuple[Choice, ...] = ()
    granularity: str = ""
    block_channels: int = 0
    scales: FloatArray = field(default_factory=empty)
    levels: FloatArray = field(default_factory=empty)
    max_levels: int = 0
    sqnr_db: FloatArray = field(default_factory=empty)
    median_levels: float = 0.0
    total_sqnr_db: float = 0.0
    worst_block: int | None = None
    worst_channel: int | None = None
    note: str = ""
    enabled: bool = True
