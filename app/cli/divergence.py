"""`quantscope divergence`: how far a scheme strays from a reference on a text, position by position."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from app.cli import arguments, scoring
from app.cli.output import ProgressLine, finite, print_fields, print_json, warn
from app.engine_session import EngineOptions, EngineSession, ModelFiles
from gpu.evaluate.divergence import Divergence, measure_divergence, percentiles
from gpu.scheme import Scheme

DEFAULT_REFERENCE = "W16A16"
DEFAULT_WINDOW_TOKENS = 512


def add_arguments(parser: ArgumentParser) -> None:
    arguments.add_model(parser)
    arguments.add_tokens(parser, required=False)
    arguments.add_scheme(parser)
    parser.add_argument(
        "--reference",
        default=DEFAULT_REFERENCE,
        metavar="S",
        help=f"what the scheme is compared with (default {DEFAULT_REFERENCE})",
    )
    scoring.add_window(parser, DEFAULT_WINDOW_TOKENS)


def run(args: Namespace) -> int:
    scheme, reference = Scheme.parse(args.scheme), Scheme.parse(args.reference)
    files = ModelFiles.open(args.model)
    ids = _ids(args, files)
    window = min(args.window, files.checkpoint.config.max_position_embeddings)
    options = EngineOptions(reference, args.adapter, max(window, 2), notice=warn)
    found = _measure(files, options, scheme, ids, window)
    if args.json:
        heading = {"scheme": str(scheme), "reference": str(reference), "window_tokens": window}
        print_json({**heading, "tokens": len(ids), **figures(found)})
    else:
        _print(scheme, reference, found)
    return 0


def _ids(args: Namespace, files: ModelFiles) -> tuple[int, ...]:
    if any(given is not None for given in (args.token_ids, args.text, args.text_file)):
        return arguments.given_tokens(args, files)
    return tuple(files.codec.encode(arguments.read_text(scoring.text_file(args))))


def _measure(
    files: ModelFiles, options: EngineOptions, scheme: Scheme, ids: tuple[int, ...], window: int
) -> Divergence:
    """Both models are loaded at once, so that no position's logits have to be kept."""
    line = ProgressLine()
    with (
        EngineSession(files.checkpoint, options) as reference,
        EngineSession(files.checkpoint, replace(options, scheme=scheme)) as compared,
    ):
        found = measure_divergence(
            reference.model, compared.model, ids, window, lambda done: line.show(f"{done / len(ids):.0%}")
        )
    line.clear()
    return found


def figures(found: Divergence) -> dict[str, object]:
    """For JSON: KL in nats, Δp as probabilities; null where a figure is not finite."""
    return {
        "positions": len(found.kl_nats),
        "mean_kl": finite(found.mean_kl),
        "max_kl": finite(float(found.kl_nats.max())),
        "min_kl": finite(float(found.kl_nats.min())),
        "kl_percentiles": {f"{at:g}": finite(value) for at, value in percentiles(found.kl_nats).items()},
        "same_top_share": found.same_top_share,
        "first_divergence": found.first_divergence,
        "mean_delta_p": float(found.delta_p.mean()),
        "rms_delta_p": found.rms_delta_p,
        "delta_p_percentiles": {f"{at:g}": value for at, value in percentiles(found.delta_p).items()},
        "perplexity_ratio": finite(found.perplexity_ratio),
    }


def _print(scheme: Scheme, reference: Scheme, found: Divergence) -> None:
    first = found.first_divergence
    spread = percentiles(found.kl_nats)
    print_fields(
        {
            "compared": f"{scheme} with {reference}, {len(found.kl_nats):,} positions",
            "mean KL": f"{found.mean_kl:.5f} nats",
            "KL at 50 / 90 / 99 / 99.9%": " / ".join(f"{spread[at]:.5f}" for at in (50, 90, 99, 99.9)),
            "largest KL": f"{found.kl_nats.max():.5f}",
            "same top token": f"{found.same_top_share:.2%}",
            "first other top token": "never" if first is None else f"position {first:,}",
            "Δp mean / RMS": f"{found.delta_p.mean():+.3%} / {found.rms_delta_p:.3%}",
            "perplexity": f"{found.perplexity_ratio:.4f} × the reference's",
        }
    )
