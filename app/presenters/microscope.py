"""The blocks of one tensor, one block on its ruler, and the curves of its error, ready to draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from gpu.blast_radius import RadiusPoint
from gpu.block_look import BlockLook, ErrorCurve, Sample
from gpu.block_map import BEST_DB, BlockMap
from gpu.damage_totals import DamageTotals
from gpu.formats.family import number_formats
from gpu.sweep import Rounding
from views.frames.choice import Choice
from views.frames.microscope import ControlsFrame, LineFrame, LinesFrame, MapFrame, RulerFrame

COLOURS = (
    Choice("sqnr", "signal to noise", "Of each block's field: all but the value that set the scale"),
    Choice("levels", "levels left", "Codes within reach of the block's field"),
    Choice("ratio", "outlier", "Largest magnitude over the median one"),
    Choice("zeroed", "rounded to zero", "Share of values that were not 0 and became 0"),
    Choice("output", "output error", "What each block does to the layer's output; capture activations first"),
)
REACHES = (
    Choice("b16", "per 16"),
    Choice("b32", "per 32"),
    Choice("b64", "per 64"),
    Choice("b128", "per 128"),
    Choice("b256", "per 256"),
    Choice("token", "per row"),
    Choice("channel", "per column"),
    Choice("tensor", "one for all"),
)
_MOST_MARKED = 12


def format_choices() -> tuple[Choice, ...]:
    return tuple(Choice(f.spec.name, f.spec.label, f"{f.spec.levels} levels") for f in number_formats())


def reach_choices(rounding: Rounding) -> tuple[Choice, ...]:
    """Where a format has blocks of its own there is nothing else to choose."""
    if rounding.format.spec.fixed:
        return tuple(choice for choice in REACHES if choice.key == str(rounding.granularity))
    return REACHES


def controls_frame(
    title: str, totals: DamageTotals | None, rounding: Rounding, colour: str, live: bool, enabled: bool
) -> ControlsFrame:
    return ControlsFrame(
        title=title,
        summary="" if totals is None else totals_sentence(totals),
        formats=format_choices(),
        format=rounding.format.spec.name,
        granularities=reach_choices(rounding),
        granularity=str(rounding.granularity),
        colours=COLOURS,
        colour=colour,
        live=live,
        enabled=enabled,
    )


def totals_sentence(totals: DamageTotals) -> str:
    """What rounding cost in all."""
    ratio = f"{totals.sqnr_db:.1f} dB" if np.isfinite(totals.sqnr_db) else "exact"
    parts = [
        f"SQNR {ratio}",
        f"{totals.median_levels:g} of {totals.spec.levels} levels left in the median block",
        f"{totals.zeroed_share:.2%} rounded to zero",
        f"{totals.bits_per_value:.3g} bits a value",
    ]
    if totals.non_finite:
        row, column = totals.first_non_finite or (0, 0)
        parts.append(f"{totals.non_finite:,} values not finite, the first at [{row}, {column}], left out")
    return " · ".join(parts)


def map_frame(
    blocks: BlockMap,
    colour: str,
    chosen: tuple[int, int] | None,
    output: npt.NDArray[np.float64] | None = None,
    spiking: npt.NDArray[np.int64] | None = None,
    row_name: str = "row",
) -> MapFrame:
    """`output` [rows, blocks] is every block's share of the output's error; `spiking` are input channels."""
    by_channel = blocks.rounding.granularity.kind == "channel"
    marked: tuple[int, ...] = ()
    if spiking is not None and not by_channel:
        marked = tuple(int(b) for b in np.unique(spiking // blocks.block)[:_MOST_MARKED])
    note = "Dotted: blocks that a spiking channel meets." if marked else ""
    name = "column" if by_channel else row_name
    return replace(_coloured(blocks, colour, output), chosen=chosen, row_name=name, marked=marked, note=note)


def _coloured(blocks: BlockMap, colour: str, output: npt.NDArray[np.float64] | None) -> MapFrame:
    if colour == "levels":
        return MapFrame(blocks.levels, "min", 0, blocks.totals.spec.levels, unit="levels")
    if colour == "ratio":
        top = max(float(blocks.ratio.max()), 2.0)
        return MapFrame(blocks.ratio, "max", 1, top, log=True, unit="× median")
    if colour == "zeroed":
        top = max(float(blocks.zeroed.max()), 0.01)
        return MapFrame(blocks.zeroed * np.float32(100), "max", 0, 100 * top, unit="%")
    if colour == "output" and output is not None and output.shape == blocks.shape:
        share = (output * 100).astype(np.float32)
        top = max(float(share.max()), 1e-6)
        return MapFrame(share, "max", top / 1e4, top, log=True, unit="% of the output's error")
    low, high = decibel_limits(blocks.sqnr_db)
    return MapFrame(blocks.sqnr_db, "min", low, high, unit="dB")


def decibel_limits(sqnr_db: npt.NDArray[np.float32]) -> tuple[float, float]:
    """From the worst block to the best that lost anything."""
    lossy = sqnr_db[sqnr_db < BEST_DB]
    if not lossy.size:
        return 0.0, BEST_DB
    low, high = float(lossy.min()), float(lossy.max())
    return (low, high) if high - low > 1 else (low - 1, high + 1)


def ruler_frame(
    sample: Sample, looked: BlockLook, curve: ErrorCurve | None, name: str, at: tuple[int, int], block: int
) -> RulerFrame:
    first = at[1] * block
    last = first + sample.values.size - 1
    lost = int(np.count_nonzero((looked.restored == 0) & (sample.values != 0)))
    used = len(np.unique(looked.restored))
    error = f"mean squared error {looked.mse:.3g}"
    if curve is not None and curve.best[1] < looked.mse:
        error += f", {looked.mse / max(curve.best[1], 1e-300):.2f}× that at T*"
    return RulerFrame(
        title=f"{name} {at[0]:,} · block {at[1]:,} (values {first:,}–{last:,})",
        values=sample.values,
        restored=looked.restored,
        grid=looked.grid,
        reach=sample.top,
        threshold=None if curve is None else looked.threshold,
        best=None if curve is None else curve.best[0],
        setter=sample.setter,
        note=f"scale {looked.scale:.3g} · {used} of {len(looked.grid)} levels used · "
        f"{lost} rounded to zero · {error}",
    )


def curve_frame(curve: ErrorCurve | None, threshold: float | None) -> LinesFrame:
    if curve is None:
        return LinesFrame("Error against clipping", note="This block has nothing to clip.")
    best, least = curve.best
    marks = [(best, f"T* {best:.3g}")]
    if threshold is not None and abs(threshold - best) > 1e-9:
        marks.append((threshold, f"T {threshold:.3g}"))
    saved = 1 - least / curve.errors[-1] if curve.errors[-1] > 0 else 0
    note = f"Clipping this block at T* saves {saved:.0%} of its squared error." if saved > 0.005 else ""
    line = LineFrame("", curve.thresholds, curve.errors)
    return LinesFrame("This block against clipping", (line,), marks=tuple(marks), note=note)


def radius_frame(points: tuple[RadiusPoint, ...]) -> LinesFrame:
    """One line a format; the places are granularities with the bits of the last format."""
    by_format: dict[str, list[RadiusPoint]] = {}
    for point in points:
        by_format.setdefault(point.format, []).append(point)
    if not by_format:
        return LinesFrame("Blast radius")
    lines = tuple(
        LineFrame(name, np.arange(len(own), dtype=np.float64), np.array([p.relative_error for p in own]))
        for name, own in by_format.items()
    )
    cheapest = min(by_format.values(), key=lambda own: own[0].bits_per_value)
    names = {"tensor": "all", "token": "row"}
    ticks = tuple((float(i), names.get(p.granularity, p.granularity[1:])) for i, p in enumerate(cheapest))
    bits = " · ".join(f"{p.bits_per_value:.3g}" for p in cheapest)
    return LinesFrame(
        "Blast radius: relative error",
        lines,
        ticks,
        note=f"Values a scale; bits a value at {cheapest[0].format}: {bits}.",
    )
