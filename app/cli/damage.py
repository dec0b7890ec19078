"""`quantscope damage`: what a number format does to a tensor, an array, or every tensor of a model."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.cli.damage_all import run_all
from app.cli.output import ProgressLine, print_fields, print_json
from app.damage_charts import tensor_charts
from app.library import find_directory
from app.picture_file import check_picture_name, write_picture
from gpu.checkpoints import open_checkpoint
from gpu.clipping import search_clip
from gpu.damage_stream import ArrayRows, RowSource, Watch, measure_rows, sample_rows
from gpu.errors import FormatError, RequestError
from gpu.formats.family import number_formats
from gpu.sweep import Rounding


def add_arguments(parser: ArgumentParser) -> None:
    names = ", ".join(number_format.spec.name for number_format in number_formats())
    parser.add_argument("model", metavar="MODEL", nargs="?", help="a checkpoint directory, or demo")
    parser.add_argument("--tensor", metavar="NAME", help="a tensor of MODEL; its rows are output channels")
    parser.add_argument("--all", action="store_true", help="every matrix of MODEL")
    parser.add_argument(
        "--array", type=Path, metavar="F.npy", help="an array instead; rows are tokens, columns are channels"
    )
    parser.add_argument("--format", default="int8", metavar="F", help=f"default int8; one of {names}")
    parser.add_argument(
        "--granularity",
        metavar="G",
        help="how far one scale reaches: b32 (or another block), token, channel, tensor; default: the "
        "format's own",
    )
    parser.add_argument(
        "--clip", action="store_true", help="search the clipping threshold of least error too"
    )
    parser.add_argument(
        "--versus", metavar="F[@G]", help="with --all: a second format, side by side with the first"
    )
    parser.add_argument("--csv", type=Path, metavar="F.csv", help="with --all: write the table there too")
    parser.add_argument("--plot", type=Path, metavar="F.svg|F.png", help="draw the charts into a file")
    parser.set_defaults(usage_error=parser.error)


def run(args: Namespace) -> int:
    _check_usage(args)
    at = f"@{args.granularity}" if args.granularity else ""
    rounding = Rounding.parse(args.format + at)
    if args.plot is not None:
        check_picture_name(args.plot)
    if args.all:
        return run_all(args, rounding)
    source = (
        _NpyRows(_load(args.array), args.array)
        if args.array is not None
        else _tensor(args.model, args.tensor)
    )
    return _run_one(args, source, rounding)


def _check_usage(args: Namespace) -> None:
    if (args.array is None) == (args.model is None) or (args.array is not None and (args.tensor or args.all)):
        args.usage_error("give either MODEL with --tensor NAME or --all, or --array F.npy")
    if args.model is not None and args.model.endswith(".npy"):
        args.usage_error(f"an array is given with --array {args.model}")
    if args.model is not None and bool(args.tensor) == args.all:
        args.usage_error("give either --tensor NAME or --all")
    if not args.all and (args.csv or args.versus):
        args.usage_error("--csv and --versus go with --all")
    if args.all and args.clip:
        args.usage_error("--clip looks at one tensor")


def _run_one(args: Namespace, source: RowSource, rounding: Rounding) -> int:
    line = ProgressLine()
    watch = Watch(progress=lambda rows, total: line.show(f"row {rows:,} of {total:,}"))
    totals = measure_rows(source, rounding.format, str(rounding.granularity), watch)
    line.clear()
    clip = None
    if args.clip:
        clip = search_clip(sample_rows(source), rounding.format, str(rounding.granularity))
    if args.plot is not None:
        write_picture(args.plot, tensor_charts(sample_rows(source), totals, clip))
    if args.json:
        print_json({"shape": _shape(source), **totals.summary(clip)})
    else:
        _print(totals.summary(clip))
    return 0


def _shape(source: RowSource) -> list[int]:
    return list(source.array.shape) if isinstance(source, ArrayRows) else list(source.shape)


@dataclass(frozen=True, eq=False)
class _NpyRows(ArrayRows):
    """A file mapped anew for every part: a mapping of the whole would keep each page once touched."""

    path: Path

    def read_f32(self, rows: slice | None = None) -> npt.NDArray[np.float32]:
        return ArrayRows(_load(self.path)).read_f32(rows)


def _tensor(model: str, name: str) -> RowSource:
    checkpoint = open_checkpoint(find_directory(model))
    if name not in checkpoint.names():
        raise RequestError(f"{checkpoint.path} has no tensor '{name}'{_hint(name, checkpoint.names())}.")
    tensor = checkpoint.tensor(name)
    return tensor if len(tensor.shape) == 2 else ArrayRows(tensor.read_f32())


def _hint(name: str, names: Sequence[str]) -> str:
    close = get_close_matches(name, names, n=1, cutoff=0.4)
    return f"; the closest is {close[0]}" if close else f"; one it has is {names[0]}"


def _load(path: Path) -> np.ndarray[Any, Any]:
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise FormatError(path, f"cannot be read ({error.strerror or error}).") from error
    except (ValueError, EOFError) as error:
        raise FormatError(path, "this is no whole .npy file of numbers.") from error
    if not isinstance(values, np.ndarray):
        values.close()
        raise FormatError(path, "this holds several arrays; save the one to look at with numpy.save.")
    return values


def _print(summary: dict[str, Any]) -> None:
    worst = summary["worst_block_at"]
    fields = {
        "format": f"{summary['format']}@{summary['granularity']}",
        "signal to noise": _decibels(summary["sqnr_db"]),
        "mean squared error": f"{summary['mse']:.4g}",
        "largest error": f"{summary['max_abs_error']:.4g}",
        "effective levels": f"{summary['effective_levels_median']:g}, median of {summary['blocks']:,} blocks",
        "rounded to zero": f"{summary['zeroed_share']:.2%}",
        "bits a value": f"{summary['bits_per_value']:.3f}",
    }
    if worst is not None:
        fields["worst block"] = (
            f"row {worst['row']}, values from {worst['first_value']}: scale {worst['scale']:.4g}, "
            f"{worst['effective_levels']} levels, {_decibels(worst['field_sqnr_db'])} without its largest"
        )
    if summary["non_finite"]:
        row, column = summary["first_non_finite"]
        fields["not finite"] = f"{summary['non_finite']:,} values left out, the first at [{row}, {column}]"
    if summary["clip"] is not None:
        clip = summary["clip"]
        fields["best clipping"] = f"at {clip['threshold']:.4g}: mean squared error {clip['mse']:.4g}"
    print_fields(fields)


def _decibels(value: float | None) -> str:
    return "exact" if value is None else f"{value:.2f} dB"
