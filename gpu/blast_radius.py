"""How far an outlier's damage reaches: error against granularity, from one scale for all to blocks of 16."""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt

from gpu.damage import measure

REACHES = ("tensor", "token", "b256", "b128", "b64", "b32", "b16")
FORMATS = ("int8", "int4")


@dataclass(frozen=True)
class RadiusPoint:
    """One format at one granularity. `relative_error` is ‖x - restored‖ / ‖x‖."""

    format: str
    granularity: str
    relative_error: float
    sqnr_db: float
    bits_per_value: float
    median_levels: float
    zeroed_share: float


def blast_radius(
    values: npt.ArrayLike, formats: tuple[str, ...] = FORMATS, reaches: tuple[str, ...] = REACHES
) -> tuple[RadiusPoint, ...]:
    """Measure every format at every granularity, widest reach first.

    Raises:
        SchemeError, RequestError: as `gpu.damage.measure` does.
    """
    return tuple(_point(values, name, reach) for name in formats for reach in reaches)


def _point(values: npt.ArrayLike, name: str, reach: str) -> RadiusPoint:
    totals = measure(values, name, reach).totals
    return RadiusPoint(
        format=name,
        granularity=reach,
        relative_error=totals.relative_error,
        sqnr_db=totals.sqnr_db,
        bits_per_value=totals.bits_per_value,
        median_levels=totals.median_levels,
        zeroed_share=totals.zeroed_share,
    )
