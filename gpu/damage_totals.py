"""The damage of a whole array in a few figures, which add up over parts of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.clipping import ClipSearch
from gpu.formats.granularity import Granularity
from gpu.formats.number_format import FormatSpec


@dataclass(frozen=True, eq=False)
class DamageTotals:
    """Figures of an array [rows, channels] that was looked at in blocks of `block` values.

    `levels` counts the blocks by their levels, int64 [max_levels + 1], those whose field is all zeros left
    out. `worst` is the summary of the block with the lowest signal-to-noise ratio of its field.
    """

    spec: FormatSpec
    granularity: Granularity
    block: int
    values: int
    scales: int
    signal: float
    noise: float
    max_error: float
    zeroed: int
    levels: npt.NDArray[np.int64]
    blocks: int
    blocks_per_row: int
    worst: dict[str, Any] | None
    non_finite: int
    first_non_finite: tuple[int, int] | None

    @property
    def sqnr_db(self) -> float:
        """Signal to quantization noise over all values in dB; infinite without noise."""
        return float(decibels(self.signal, self.noise))

    @property
    def mse(self) -> float:
        return self.noise / max(self.values - self.non_finite, 1)

    @property
    def relative_error(self) -> float:
        """‖x - restored‖ / ‖x‖, 0 for zeros."""
        return float(np.sqrt(self.noise / self.signal)) if self.signal > 0 else 0.0

    @property
    def zeroed_share(self) -> float:
        """Share of the values that were not 0 and became 0."""
        return self.zeroed / max(self.values - self.non_finite, 1)

    @property
    def median_levels(self) -> float:
        """Median of the levels over the blocks whose field is not all zeros; all levels if there is none."""
        counts = self.levels.cumsum()
        total = int(counts[-1])
        if not total:
            return float(self.spec.levels)
        middle = (total - 1) // 2, total // 2
        return float(np.searchsorted(counts, middle, side="right").mean())

    @property
    def bits_per_value(self) -> float:
        """Bits of a code and its share of what is stored beside the codes."""
        return self.spec.bits_per_value(self.values, self.scales)

    @property
    def stored_bytes(self) -> int:
        return -(-round(self.bits_per_value * self.values) // 8)

    def moved(self, rows: int, tokens: int = 0, blocks: int = 0) -> DamageTotals:
        """The same part in a larger array: `rows` further down in its grid, or, where blocks run along the
        tokens, `tokens` further along, which are `blocks` whole blocks."""
        at, worst = self.first_non_finite, self.worst
        if worst is not None:
            moves = {"row": rows, "block": blocks, "first_value": tokens}
            worst = {**worst, **{key: worst[key] + by for key, by in moves.items()}}
        placed = None if at is None else (at[0] + rows + tokens, at[1])
        return replace(self, worst=worst, first_non_finite=placed)

    def joined(self, other: DamageTotals) -> DamageTotals:
        """Both parts together; `other` follows this one. Scales that both share must be counted once."""
        return replace(
            self,
            values=self.values + other.values,
            scales=self.scales + other.scales,
            signal=self.signal + other.signal,
            noise=self.noise + other.noise,
            max_error=max(self.max_error, other.max_error),
            zeroed=self.zeroed + other.zeroed,
            levels=self.levels + other.levels,
            blocks=self.blocks + other.blocks,
            worst=_worse(self.worst, other.worst),
            non_finite=self.non_finite + other.non_finite,
            first_non_finite=self.first_non_finite or other.first_non_finite,
        )

    def summary(self, clip: ClipSearch | None = None) -> dict[str, Any]:
        """What the command line prints: JSON types only; an infinite ratio, of exact values, is null.

        `worst_block` counts blocks row by row; `worst_block_at` says which that is.
        """
        first, worst = self.first_non_finite, self.worst
        return {
            "format": self.spec.name,
            "granularity": str(self.granularity),
            "sqnr_db": self.sqnr_db if np.isfinite(self.sqnr_db) else None,
            "mse": self.mse,
            "max_abs_error": self.max_error,
            "blocks": self.blocks,
            "block_values": self.block,
            "worst_block": None if worst is None else worst["row"] * self.blocks_per_row + worst["block"],
            "worst_block_at": worst,
            "effective_levels_median": self.median_levels,
            "zeroed_share": self.zeroed_share,
            "bits_per_value": self.bits_per_value,
            "non_finite": self.non_finite,
            "first_non_finite": None if first is None else list(first),
            "clip": None if clip is None else {"threshold": clip.threshold, "mse": clip.mse},
        }


def decibels(signal: npt.ArrayLike, noise: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """10 log10(signal / noise); infinite without noise."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(np.asarray(noise) > 0, np.divide(signal, noise), np.inf)
        return (10 * np.log10(ratio)).astype(np.float32)


def _worse(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any] | None:
    if one is None or other is None:
        return one or other
    return other if other["field_sqnr_db"] < one["field_sqnr_db"] else one
