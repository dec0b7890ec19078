"""`quantscope knockout`: what the outlier channels carry, by taking them out, and as many random ones."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import asdict

import numpy as np

from app.cli import arguments, capturing, scoring
from app.cli.output import ProgressLine, finite, print_json, print_table
from app.engine_session import EngineSession, ModelFiles
from app.knockouts import PAPER, WHERE, targets_of, worth_told
from gpu.probes.knockout import DEFAULT_SEEDS, Knockout, KnockoutRequest, Score, knock_out
from gpu.units import parse_count

DEFAULT_WINDOW_TOKENS = 256


def channel_numbers(text: str) -> tuple[int, ...]:
    """An argparse type: `41,170`."""
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ArgumentTypeError(f"'{text[:40]}' is no list of channels; write for example 41,170") from error


def add_arguments(parser: ArgumentParser) -> None:
    arguments.add_model(parser)
    scoring.add_text_file(parser)
    parser.add_argument(
        "--where",
        choices=WHERE,
        default="inputs",
        help="; ".join(f"{name}: {meaning}" for name, meaning in WHERE.items()) + " (default inputs)",
    )
    parser.add_argument(
        "--channels",
        type=channel_numbers,
        metavar="41,170",
        help="channels of the hidden state, in every layer (default: those that stand out on the text)",
    )
    parser.add_argument(
        "--seeds", type=arguments.quantity(int), default=DEFAULT_SEEDS, metavar="N", help="of random channels"
    )
    parser.add_argument(
        "--tokens",
        type=arguments.quantity(parse_count),
        default=1024,
        metavar="N",
        help="score the first N tokens of the text (default 1024)",
    )
    scoring.add_window(parser, DEFAULT_WINDOW_TOKENS)
    arguments.add_engine(parser)


def run(args: Namespace) -> int:
    files = ModelFiles.open(args.model)
    ids = files.codec.encode(arguments.read_text(scoring.text_file(args)))[: args.tokens]
    options = arguments.engine_options(args, max(min(args.window, len(ids)), 2))
    line = ProgressLine()
    with EngineSession(files.checkpoint, options) as session:
        window = min(args.window, session.model.context_tokens)
        found = capturing.run_capture(session, files, options.scheme, ids)
        targets = targets_of(found, args.where, args.channels)
        request = KnockoutRequest(tuple(ids), window, targets, tuple(range(args.seeds)))
        result = knock_out(
            session.model,
            files.checkpoint,
            request,
            lambda stage, done, total: line.show(f"{stage}: {done} of {total} tokens"),
        )
    line.clear()
    if args.json:
        print_json(_document(str(options.scheme), args.where, targets, result))
    else:
        _print(result)
    return 0


def _document(
    scheme: str, where: str, targets: dict[str, tuple[int, ...]], result: Knockout
) -> dict[str, object]:
    return {
        "scheme": scheme,
        "where": where,
        "tokens": result.tokens,
        "window_tokens": result.window_tokens,
        "channels": result.channels,
        "targets": {site: list(channels) for site, channels in targets.items()},
        "baseline": _score(result.baseline),
        "chosen": _score(result.chosen),
        "random": [_score(score) for score in result.random],
        "kept_at_16_bits": None if result.kept is None else _score(result.kept),
        "worth": None if result.worth is None else {n: finite(v) for n, v in asdict(result.worth).items()},
        "paper": PAPER,
    }


def _score(score: Score) -> dict[str, float | None]:
    return {name: finite(value) for name, value in asdict(score).items()}


def _print(result: Knockout) -> None:
    print(f"{result.channels} channels of {result.sites} sites, {result.tokens} tokens\n")
    rows = [("untouched", result.baseline), ("without the chosen", result.chosen)]
    rows += [(f"without random, seed {i}", score) for i, score in enumerate(result.random)]
    rows += [("the chosen at 16 bits", result.kept)] if result.kept is not None else []
    print_table(
        [
            ("", "perplexity", "x untouched", "top probability", "top attention"),
            *(_row(name, score, result.baseline) for name, score in rows),
        ]
    )
    spread = np.array([score.perplexity for score in result.random]) / result.baseline.perplexity
    print(f"\nrandom channels: x {spread.mean():.3f} ± {spread.std():.3f}")
    if result.worth is not None:
        print(worth_told(result.worth, result.factor))
    print(f"LLM.int8(), {PAPER['model']}: {PAPER['chosen']}; random: {PAPER['random']}")


def _row(name: str, score: Score, baseline: Score) -> tuple[str, ...]:
    return (
        name,
        f"{score.perplexity:.4g}",
        f"{score.perplexity / baseline.perplexity:.3f}",
        f"{score.top_probability:.1%}",
        f"{score.top_attention:.1%}",
    )
