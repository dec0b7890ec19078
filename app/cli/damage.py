"""`quantscope damage`: what block scales do to a weight tensor or an array of activations."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.cli.output import print_fields, print_json
from app.library import find_directory
from gpu.checkpoints import open_checkpoint
from gpu.clipping import search_clip
from gpu.damage import measure
from gpu.errors import FormatError, RequestError


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", nargs="?", help="a checkpoint directory, or demo")
    parser.add_argument("--tensor", metavar="NAME", help="a tensor of MODEL; its rows are output channels")
    parser.add_argument(
        "--array", type=Path, metavar="F.npy", help="an array instead; rows are tokens, columns are channels"
    )
    parser.add_argument("--format", default="int8", metavar="int8|int4|…", help="default int8")
    parser.add_argument(
        "--granularity",
        default="b32",
        metavar="G",
        help="how far one scale reaches: b32 (or another block), token, channel, tensor; default b32",
    )
    parser.add_argument(
        "--clip", action="store_true", help="search the clipping threshold of least error too"
    )
    parser.set_defaults(usage_error=parser.error)


def run(args: Namespace) -> int:
    if (args.array is None) == (args.model is None) or (args.model is None) != (args.tensor is None):
        args.usage_error("give either MODEL with --tensor NAME, or --array F.npy")
    values = _load(args.array) if args.array is not None else _tensor(args.model, args.tensor)
    clip = search_clip(values, args.format, args.granularity) if args.clip else None
    summary = measure(values, args.format, args.granularity).summary(clip)
    if args.json:
        print_json({"shape": list(values.shape), **summary})
    else:
        _print(summary)
    return 0


def _tensor(model: str, name: str) -> npt.NDArray[np.float32]:
    checkpoint = open_checkpoint(find_directory(model))
    if name not in checkpoint.names():
        raise RequestError(f"{checkpoint.path} has no tensor '{name}'{_hint(name, checkpoint.names())}.")
    return checkpoint.tensor(name).read_f32()


def _hint(name: str, names: Sequence[str]) -> str:
    close = get_close_matches(name, names, n=1, cutoff=0.4)
    return f"; did you mean {close[0]}" if close else f"; one it has is {names[0]}"


def _load(path: Path) -> npt.NDArray[Any]:
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
        fields["not finite"] = f"{summary['non_finite']:,} values left out"
    if summary["clip"] is not None:
        clip = summary["clip"]
        fields["best clipping"] = f"at {clip['threshold']:.4g}: mean squared error {clip['mse']:.4g}"
    print_fields(fields)


def _decibels(value: float | None) -> str:
    return "exact" if value is None else f"{value:.2f} dB"
