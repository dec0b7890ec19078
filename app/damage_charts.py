"""What the damage command draws: blast radius, clipping curve, levels left, and all tensors in a strip."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.svg_chart import Chart, Series
from gpu.blast_radius import FORMATS, REACHES, blast_radius
from gpu.clipping import ClipSearch
from gpu.damage_totals import DamageTotals
from gpu.sweep import TensorDamage

_LAYER = re.compile(r"layers\.(\d+)\.(.+?)(\.weight)?$")


def tensor_charts(
    values: npt.NDArray[np.float32], totals: DamageTotals, clip: ClipSearch | None
) -> list[Chart]:
    """Charts of one array; `values` may be a sample of its rows."""
    charts = [radius_chart(values), levels_chart(totals)]
    return [*charts, clip_chart(clip)] if clip is not None else charts


def radius_chart(values: npt.NDArray[np.float32]) -> Chart:
    points = blast_radius(values)
    series = []
    for name in FORMATS:
        own = [point for point in points if point.format == name]
        errors = [point.relative_error for point in own]
        series.append(Series(name, range(len(own)), errors))
    ticks = [
        (float(i), f"{reach}: {point.bits_per_value:.3g}")
        for i, (reach, point) in enumerate(zip(REACHES, points[len(REACHES) :], strict=True))
    ]
    return Chart(
        title="Blast radius: error against how far one scale reaches",
        x_label="values that share a scale, and bits per value at 4 bits",
        y_label="relative error",
        series=tuple(series),
        x_ticks=tuple(ticks),
        log_y=True,
    )


def levels_chart(totals: DamageTotals) -> Chart:
    counts = totals.levels
    used = np.flatnonzero(counts)
    return Chart(
        title=f"Levels the blocks' fields still use ({totals.spec.label}, {totals.granularity})",
        x_label=f"levels of {totals.spec.levels}",
        y_label="blocks",
        series=(Series("blocks", used.tolist(), counts[used].tolist(), dots=True),),
        marks=((totals.median_levels, "median"),),
        log_y=True,
    )


def clip_chart(clip: ClipSearch) -> Chart:
    shown = clip.thresholds > 0
    return Chart(
        title="Error against the clipping threshold",
        x_label="threshold",
        y_label="mean squared error",
        series=(Series("MSE", clip.thresholds[shown].tolist(), clip.errors[shown].tolist()),),
        marks=((clip.threshold, f"T* = {clip.threshold:.4g}"),) if clip.threshold > 0 else (),
        log_x=True,
        log_y=True,
    )


def sweep_charts(tensors: Sequence[TensorDamage]) -> list[Chart]:
    """A strip a scheme: signal to noise of every tensor over the layers, one series a kind of tensor."""
    return [_strip(tensors, i) for i in range(len(tensors[0].totals))] if tensors else []


def _strip(tensors: Sequence[TensorDamage], scheme: int) -> Chart:
    by_kind: dict[str, list[tuple[int, float]]] = {}
    for tensor in tensors:
        match = _LAYER.search(tensor.name)
        ratio = tensor.totals[scheme].sqnr_db
        if match and np.isfinite(ratio):
            by_kind.setdefault(match[2].rpartition(".")[2], []).append((int(match[1]), ratio))
    series = tuple(
        Series(kind, [layer for layer, _ in points], [ratio for _, ratio in points])
        for kind, points in by_kind.items()
    )
    totals = tensors[0].totals[scheme]
    return Chart(
        title=f"{totals.spec.label}@{totals.granularity}",
        x_label="layer",
        y_label="signal to noise, dB",
        series=series,
    )
