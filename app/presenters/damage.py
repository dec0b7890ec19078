"""What rounding does to the newest token's values at one site, ready to draw."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gpu.damage import Damage, measure
from gpu.events import ChannelStats
from views.frames import Choice, DamageFrame

FORMATS = (
    Choice("int8", "int8", "255 levels"),
    Choice("int6", "int6", "63 levels"),
    Choice("int4", "int4", "15 levels"),
)
GRANULARITIES = (
    Choice("b16", "one scale per 16"),
    Choice("b32", "one scale per 32", "What W4A8 uses"),
    Choice("b64", "one scale per 64"),
    Choice("b128", "one scale per 128"),
    Choice("token", "one scale per token"),
)
BEST_DB = 99.0  # an exact block has an infinite ratio, which no bar can show
_NOTE = "The ratio of a block leaves out the value that set its scale: that one is always exact."


@dataclass(frozen=True)
class DamagePick:
    """What the person chose to see."""

    format: str = "int8"
    granularity: str = "b32"


def damage_frame(stats: ChannelStats | None, site: str, pick: DamagePick, enabled: bool) -> DamageFrame:
    """Measure the newest token's values; no bars where there are none yet."""
    empty = DamageFrame(
        site=site,
        formats=FORMATS,
        format=pick.format,
        granularities=GRANULARITIES,
        granularity=pick.granularity,
        enabled=enabled,
    )
    if stats is None or stats.tokens == 0:
        return empty
    damage = measure(stats.newest, pick.format, pick.granularity)
    if not damage.grid.finite:
        return replace(empty, note="No value here is finite: the computation overflowed.")
    return _filled(empty, damage)


def _filled(empty: DamageFrame, damage: Damage) -> DamageFrame:
    worst = damage.worst_block
    return replace(
        empty,
        block_channels=damage.grid.block,
        scales=damage.scale[0],
        levels=damage.levels[0].astype(np.float32),
        max_levels=damage.max_levels,
        sqnr_db=_drawable(damage.field_sqnr_db[0]),
        median_levels=damage.median_levels,
        total_sqnr_db=min(damage.total_sqnr_db, BEST_DB),
        worst_block=None if worst is None else worst[1],
        worst_channel=None if worst is None else _scale_setter(damage, worst[1]),
        note=_note(damage),
    )


def _drawable(decibels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.minimum(decibels, np.float32(BEST_DB))


def _scale_setter(damage: Damage, block: int) -> int:
    """The channel whose value set the scale of a block; it may lie in another block."""
    values = np.abs(damage.grid.values[0])
    if damage.grid.granularity.kind == "token":
        return int(values.argmax())
    first = block * damage.grid.block
    return first + int(values[first : first + damage.grid.block].argmax())


def _note(damage: Damage) -> str:
    count = damage.grid.non_finite
    if count:
        return f"{count:,} {'value is' if count == 1 else 'values are'} not finite and left out."
    return _NOTE
