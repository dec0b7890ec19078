"""`quantscope spikes`: what a text does to every channel of activations, and which channels stand out."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from app.atomic import replacing
from app.captures import SUFFIX
from app.cli import arguments, capturing, part
from app.cli.output import finite, print_json, print_table
from app.engine_session import EngineSession, ModelFiles
from gpu.probes.capture_file import save_capture
from gpu.probes.captured import Capture
from gpu.probes.ranking import median_magnitude
from gpu.probes.rows import DEFAULT_LIMIT_BYTES
from gpu.probes.statistics import SiteStatistics
from gpu.probes.verdicts import ChannelVerdict, verdicts
from gpu.units import parse_bytes

WRITTEN = ("absmax", "mean_abs", "rms")
MOST_ROWS = 40


def add_arguments(parser: ArgumentParser) -> None:
    arguments.add_model(parser)
    arguments.add_tokens(parser)
    part.add_arguments(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="F.npz",
        help='per site "<site>/absmax", "<site>/mean_abs" and "<site>/rms", float32 [channels]',
    )
    parser.add_argument(
        "--capture", type=Path, metavar=f"F{SUFFIX}", help="everything that was found, for the window to open"
    )
    parser.add_argument(
        "--keep",
        type=capturing.site_names,
        default=frozenset(),
        metavar="SITE,SITE",
        help="keep every token's values at these sites in the capture",
    )
    parser.add_argument(
        "--limit",
        type=arguments.quantity(parse_bytes),
        default=DEFAULT_LIMIT_BYTES,
        metavar="SIZE",
        help="the most memory such values may take (default 512MiB)",
    )
    capturing.add_thresholds(parser)
    arguments.add_engine(parser)
    parser.set_defaults(usage_error=parser.error)


def run(args: Namespace) -> int:
    if args.out is None and args.capture is None:
        args.usage_error("give --out F.npz, --capture F.safetensors or both")
    if args.out == args.capture:
        args.usage_error("--out and --capture must be two files")
    files = ModelFiles.open(args.model)
    options = arguments.engine_options(args)
    codec = files.codec if files.has_tokenizer else None
    before, ids = part.parted(args, codec, arguments.given_tokens(args, files))
    thresholds = (args.outlier, args.massive)
    with ExitStack() as files_out:
        paths = {path: files_out.enter_context(replacing(path)) for path in (args.out, args.capture) if path}
        with EngineSession(files.checkpoint, options) as session:
            found = capturing.run_capture(
                session,
                files,
                options.scheme,
                ids,
                before=before,
                thresholds=thresholds,
                keep=args.keep,
                limit_bytes=args.limit,
            )
        if args.out is not None:
            _write(found.sites, paths[args.out])
        if args.capture is not None:
            save_capture(found, paths[args.capture])
    if args.json:
        print_json(_document(args, found))
    else:
        _print(verdicts(found), found, args)
    return 0


def _document(args: Namespace, found: Capture) -> dict[str, object]:
    return {
        "out": None if args.out is None else str(args.out),
        "capture": None if args.capture is None else str(args.capture),
        "scheme": found.origin.scheme,
        "tokens": found.tokens,
        "tokens_before": len(found.prompts[0].before),
        "channels": capturing.ranked(found),
        "sites": [_site_summary(statistics) for statistics in found.sites.values()],
        **capturing.verdict_document(found),
    }


def _site_summary(statistics: SiteStatistics) -> dict[str, object]:
    return {
        "site": statistics.site,
        "channels": statistics.absmax.size,
        "median_absmax": median_magnitude(statistics.absmax),
        "largest_absmax": finite(float(statistics.absmax.max())),
        "largest_channel": int(statistics.absmax.argmax()),
    }


def _write(sites: Mapping[str, SiteStatistics], path: Path) -> None:
    arrays = {f"{site}/{name}": getattr(found, name) for site, found in sites.items() for name in WRITTEN}
    with path.open("wb") as file:  # a name would get a second suffix
        np.savez(file, **arrays)


def _print(found: Sequence[ChannelVerdict], capture: Capture, args: Namespace) -> None:
    if found:
        print_table([_HEADINGS, *(_row(verdict, capture) for verdict in found[:MOST_ROWS])])
    else:
        print("No channel stands out.")
    if len(found) > MOST_ROWS:
        print(f"and {len(found) - MOST_ROWS} more: --json prints them all")
    print()
    if args.out is not None:
        print(f"Statistics of every channel: {args.out}")
    if args.capture is not None:
        print(f"Capture: {args.capture}")


_HEADINGS = (
    "site",
    "channel",
    "absmax",
    "x median",
    "mean |x|",
    "kurtosis",
    "tokens >= outlier",
    "layers",
    "at token",
    "verdict",
)


def _row(verdict: ChannelVerdict, capture: Capture) -> tuple[str, ...]:
    names = {
        "not finite": not verdict.is_finite,
        "outlier": verdict.is_ranked,
        "LLM.int8() feature": verdict.is_feature,
        "massive": verdict.is_massive,
    }
    text = f" {capture.pieces[verdict.peak]!r}" if capture.pieces else ""
    return (
        verdict.site,
        str(verdict.channel),
        _number(verdict.absmax),
        _number(verdict.ratio),
        _number(verdict.mean_abs),
        _number(verdict.kurtosis),
        f"{verdict.share_low:.0%}",
        f"{max(verdict.layers, verdict.feature_layers)} of {verdict.layer_count}",
        f"{verdict.peak}{text}",
        ", ".join(name for name, holds in names.items() if holds),
    )


def _number(value: float) -> str:
    return "not finite" if finite(value) is None else f"{value:.4g}"
