"""`quantscope damage MODEL --all`: every matrix of a model, under one format or two side by side."""

from __future__ import annotations

import csv
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from app.atomic import replacing
from app.cli.output import ProgressLine, finite, print_json, print_table
from app.damage_charts import sweep_charts
from app.library import find_directory
from app.picture_file import write_picture
from gpu.checkpoints import open_checkpoint
from gpu.device import open_gpu
from gpu.device_damage import SweepDevice
from gpu.sweep import Rounding, TensorDamage, sweep
from gpu.units import size_text

_COLUMNS = {
    "sqnr_db": "SQNR dB",
    "worst_block_db": "worst dB",
    "effective_levels_median": "levels",
    "zeroed_share": "zeroed",
    "bits_per_value": "bits",
}


def run_all(args: Namespace, first: Rounding) -> int:
    roundings = [first, *([Rounding.parse(args.versus)] if args.versus else [])]
    checkpoint = open_checkpoint(find_directory(args.model))
    gpu = open_gpu(args.adapter)
    started = perf_counter()
    line = ProgressLine()
    try:
        device = SweepDevice(gpu)
        tensors = list(
            sweep(
                checkpoint,
                roundings,
                device.measure,
                progress=lambda name, done, total: line.show(f"{done / total:.0%} {name}"),
            )
        )
    finally:
        line.clear()
        gpu.close()
    seconds = perf_counter() - started
    if args.csv is not None:
        _write_csv(args.csv, roundings, tensors)
    if args.plot is not None:
        write_picture(args.plot, sweep_charts(tensors))
    if args.json:
        document = {"schemes": [str(r) for r in roundings], "tensors": [t.as_json() for t in tensors]}
        print_json({**document, "seconds": seconds, "device_share": device.share})
    else:
        _print(roundings, tensors, seconds)
    return 0


def _print(roundings: Sequence[Rounding], tensors: Sequence[TensorDamage], seconds: float) -> None:
    heads = [f"{r} {title}" for r in roundings for title in _COLUMNS.values()]
    rows = [[t.name, "×".join(map(str, t.shape)), *_cells(t)] for t in tensors]
    print_table([["tensor", "shape", *heads], *rows])
    stored = sum(t.stored_bytes for t in tensors)
    sizes = (size_text(sum(t.totals[i].stored_bytes for t in tensors)) for i in range(len(roundings)))
    told = ", ".join(f"{size} as {r}" for r, size in zip(roundings, sizes, strict=True))
    print(f"{len(tensors)} tensors, {size_text(stored)} stored, {told}; {seconds:.1f} s")


def _cells(tensor: TensorDamage) -> list[str]:
    figures = (_figures(tensor, i) for i in range(len(tensor.totals)))
    return [
        "exact" if value is None else f"{value:.2%}" if key == "zeroed_share" else f"{value:.4g}"
        for figure in figures
        for key, value in figure.items()
    ]


def _figures(tensor: TensorDamage, scheme: int) -> dict[str, float | None]:
    totals = tensor.totals[scheme]
    worst: dict[str, Any] = totals.worst or {"field_sqnr_db": None}
    values = (
        finite(totals.sqnr_db),
        worst["field_sqnr_db"],
        totals.median_levels,
        totals.zeroed_share,
        totals.bits_per_value,
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _write_csv(path: Path, roundings: Sequence[Rounding], tensors: Sequence[TensorDamage]) -> None:
    """One line a tensor and scheme."""
    keys = ("mse", "max_abs_error", "blocks", "worst_block", "non_finite")
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["tensor", "rows", "columns", "scheme", *_COLUMNS, *keys, "quantized_bytes"])
        for tensor in tensors:
            for i, rounding in enumerate(roundings):
                summary = tensor.totals[i].summary()
                figures = list(_figures(tensor, i).values())
                rest = [summary[key] for key in keys]
                stored = tensor.totals[i].stored_bytes
                writer.writerow([tensor.name, *tensor.shape, rounding, *figures, *rest, stored])
