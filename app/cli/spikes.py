"""`quantscope spikes`: what a text does to every channel of activations, and which channels stand out."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.atomic import replacing
from app.cli import arguments
from app.cli.output import ProgressLine, finite, print_json, print_table
from app.engine_session import EngineSession, ModelFiles
from gpu.events import ChannelStats
from gpu.generate import check_prompt
from gpu.model import Model
from gpu.probes.ranking import median_magnitude, rank


def add_arguments(parser: ArgumentParser) -> None:
    arguments.add_model(parser)
    arguments.add_tokens(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="F.npz",
        required=True,
        help='per site "<site>/absmax", "<site>/mean_abs" and "<site>/rms", float32 [channels]',
    )
    arguments.add_engine(parser)


def run(args: Namespace) -> int:
    files = ModelFiles.open(args.model)
    options = arguments.engine_options(args)
    ids = arguments.given_tokens(args, files)
    with replacing(args.out) as temporary, EngineSession(files.checkpoint, options) as session:
        statistics = collect(session.model, ids)
        _write(statistics, temporary)
    channels = ranked(statistics)
    if args.json:
        print_json(
            {
                "out": str(args.out),
                "scheme": str(options.scheme),
                "tokens": len(ids),
                "channels": channels,
                "sites": [_site_summary(stats) for stats in statistics],
            }
        )
    else:
        _print(channels, args.out)
    return 0


def collect(model: Model, ids: Sequence[int]) -> list[ChannelStats]:
    """Statistics of all sites over all tokens, in pieces that fit the context, each from an empty cache.

    Logits are computed for every token, so that `lm_head` sees all of them.
    """
    line, done = ProgressLine(), 0
    model.probes.reset()
    for piece in pieces(ids, model.context_tokens - 1):
        check_prompt(model, piece)
        model.rewind(0)
        for rows in model.all_logits(piece, probed=True):
            done += len(rows)
            line.show(f"{done} of {len(ids)} tokens")
    line.clear()
    return [model.probes.read(site) for site in model.sites]


def pieces(ids: Sequence[int], length: int) -> list[Sequence[int]]:
    return [ids[start : start + length] for start in range(0, len(ids), length)]


def ranked(statistics: Sequence[ChannelStats]) -> list[dict[str, object]]:
    """The outlier channels of all sites, the largest ratio first."""
    found = [(outlier, stats.site) for stats in statistics for outlier in rank(stats.absmax)]
    found.sort(key=lambda pair: -pair[0].ratio)
    return [
        {
            "site": site,
            "channel": outlier.channel,
            "absmax": finite(outlier.value),
            "ratio": finite(outlier.ratio),
        }
        for outlier, site in found
    ]


def _site_summary(stats: ChannelStats) -> dict[str, object]:
    return {
        "site": stats.site,
        "channels": stats.absmax.size,
        "median_absmax": median_magnitude(stats.absmax),
        "largest_absmax": finite(float(stats.absmax.max())),
        "largest_channel": int(stats.absmax.argmax()),
    }


def _write(statistics: Sequence[ChannelStats], path: Path) -> None:
    arrays = {}
    for stats in statistics:
        arrays[f"{stats.site}/absmax"] = stats.absmax
        arrays[f"{stats.site}/mean_abs"] = stats.mean_abs
        arrays[f"{stats.site}/rms"] = stats.rms
    with path.open("wb") as file:  # a name would get a second suffix
        np.savez(file, **arrays)  # type: ignore[arg-type]


def _print(channels: Sequence[dict[str, object]], out: Path) -> None:
    if channels:
        print_table(
            [("site", "channel", "absmax", "x median")]
            + [
                (str(c["site"]), str(c["channel"]), _number(c["absmax"]), _number(c["ratio"]))
                for c in channels
            ]
        )
    else:
        print("No channel stands out.")
    print(f"\nStatistics of every channel: {out}")


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "not finite"
