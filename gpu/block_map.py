"""The damage of every block of a matrix, without its values: what a picture of it is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gpu.damage import Damage
from gpu.damage_stream import RowSource, Watch, measure_rows
from gpu.damage_totals import DamageTotals
from gpu.formats.blocks import F32
from gpu.formats.number_format import Reach
from gpu.sweep import Rounding

BEST_DB = 99.0  # an exact block has an infinite ratio, which no picture can show
MOST_RATIO = 1e6


@dataclass(frozen=True, eq=False)
class BlockMap:
    """float32 [rows, blocks] each, finite: the field's signal to noise (at most `BEST_DB`), levels left,
    absmax over median (at most `MOST_RATIO`), share of values that became 0. `reach` is what the scales
    reach, flat; the rows are columns of the matrix where scales are per channel."""

    rounding: Rounding
    totals: DamageTotals
    sqnr_db: F32
    levels: F32
    ratio: F32
    zeroed: F32
    reach: Reach

    @property
    def shape(self) -> tuple[int, int]:
        rows, blocks = self.sqnr_db.shape
        return rows, blocks

    @property
    def block(self) -> int:
        """Values of a block."""
        return self.totals.block

    @property
    def worst(self) -> tuple[int, int]:
        row, block = divmod(int(self.sqnr_db.argmin()), self.shape[1])
        return row, block


def map_blocks(source: RowSource, rounding: Rounding, watch: Watch | None = None) -> BlockMap:
    """Measure a matrix and keep four figures a block.

    Raises:
        RequestError: a source without values.
        Cancelled: `watch.cancel` said so.
    """
    parts: list[tuple[F32, ...]] = []
    watch = replace(watch or Watch(), part=lambda damage, _row: parts.append(_figures(damage)))
    totals = measure_rows(source, rounding.format, str(rounding.granularity), watch)
    axis = 1 if rounding.granularity.kind == "channel" else 0
    sqnr_db, levels, ratio, zeroed, *bounds = (
        np.concatenate(part, axis=axis) for part in zip(*parts, strict=True)
    )
    low, high, peak = (bound.reshape(-1) for bound in bounds)
    reach = Reach(low, high, peak, float(np.abs(peak).max()))
    return BlockMap(rounding, totals, sqnr_db, levels, ratio, zeroed, reach)


def _figures(damage: Damage) -> tuple[F32, ...]:
    reach = (bound.reshape(damage.grid.shape) for bound in _bounds(damage.grid.reach))
    return (
        np.minimum(damage.field_sqnr_db, np.float32(BEST_DB)),
        damage.levels.astype(np.float32),
        np.minimum(damage.absmax_to_median, np.float32(MOST_RATIO)),
        damage.zeroed_share_by_block,
        *reach,
    )


def _bounds(reach: Reach) -> tuple[F32, F32, F32]:
    return reach.low, reach.high, reach.peak
