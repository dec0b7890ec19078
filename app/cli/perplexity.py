"""`quantscope perplexity`: how much a scheme costs in quality, on a text."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace

from app.cli import arguments, scoring
from app.cli.output import ProgressLine, finite, print_json, print_table, warn
from app.engine_session import EngineOptions, EngineSession, ModelFiles
from gpu.evaluate.perplexity import Perplexity, measure_perplexity
from gpu.scheme import Scheme

DEFAULT_SCHEMES = "W16A16,W4A8,W8A8@tensor,W4A4@tensor"
DEFAULT_WINDOW_TOKENS = 512


def add_arguments(parser: ArgumentParser) -> None:
    arguments.add_model(parser)
    scoring.add_text_file(parser)
    parser.add_argument(
        "--schemes",
        default=DEFAULT_SCHEMES,
        metavar="S,S,…",
        help=f"the first is what the others are compared with (default {DEFAULT_SCHEMES})",
    )
    scoring.add_window(parser, DEFAULT_WINDOW_TOKENS)


def run(args: Namespace) -> int:
    schemes = [Scheme.parse(name) for name in args.schemes.split(",")]
    files = ModelFiles.open(args.model)
    ids = files.codec.encode(arguments.read_text(scoring.text_file(args)))
    window = min(args.window, files.checkpoint.config.max_position_embeddings)
    options = EngineOptions(schemes[0], args.adapter, max(window, 2), notice=warn)
    found = [_score(files, replace(options, scheme=scheme), ids, window) for scheme in schemes]
    if args.json:
        results = [_result(scheme, score, found[0]) for scheme, score in zip(schemes, found, strict=True)]
        print_json({"tokens": len(ids), "window_tokens": window, "results": results})
    else:
        _print(schemes, found)
    return 0


def _score(files: ModelFiles, options: EngineOptions, ids: list[int], window: int) -> Perplexity:
    line = ProgressLine()
    with EngineSession(files.checkpoint, options) as session:
        found = measure_perplexity(
            session.model, ids, window, lambda done: line.show(f"{options.scheme}: {done / len(ids):.0%}")
        )
    line.clear()
    return found


def _result(scheme: Scheme, score: Perplexity, first: Perplexity) -> dict[str, object]:
    return {
        "scheme": str(scheme),
        "perplexity": finite(score.perplexity),
        "nats_per_token": finite(score.nats_per_token),
        "ratio": finite(score.perplexity / first.perplexity),
        "scored_tokens": score.scored_tokens,
    }


def _print(schemes: Sequence[Scheme], found: Sequence[Perplexity]) -> None:
    rows = [
        (
            str(scheme),
            f"{score.perplexity:.4f}",
            f"{score.nats_per_token:.4f}",
            f"{score.perplexity / found[0].perplexity:.4f}",
        )
        for scheme, score in zip(schemes, found, strict=True)
    ]
    print_table([("scheme", "perplexity", "nats a token", "x the first"), *rows])
