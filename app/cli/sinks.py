"""`quantscope sinks`: how much attention every head spends on the first tokens, and what marks them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from app.cli import arguments, capturing
from app.cli.output import finite, print_json, print_table
from app.engine_session import EngineSession, ModelFiles
from gpu.errors import RequestError
from gpu.probes.attention_share import SINK_SHARE, SINK_TOKENS, AttentionMass
from gpu.probes.captured import Capture
from gpu.probes.sinks import SinkLink, links

MOST_ROWS = 20


def add_arguments(parser: ArgumentParser) -> None:
    arguments.add_model(parser)
    arguments.add_tokens(parser)
    parser.add_argument(
        "--first",
        type=arguments.quantity(int),
        default=SINK_TOKENS,
        metavar="N",
        help=f"how many tokens count as the first; their own queries do not count (default {SINK_TOKENS})",
    )
    parser.add_argument(
        "--share",
        type=capturing.positive,
        default=SINK_SHARE,
        metavar="P",
        help=f"of its attention that makes a head a sink (default {SINK_SHARE})",
    )
    capturing.add_thresholds(parser)
    arguments.add_engine(parser)


def run(args: Namespace) -> int:
    files = ModelFiles.open(args.model)
    options = arguments.engine_options(args)
    ids = arguments.given_tokens(args, files)
    if len(ids) <= args.first:
        raise RequestError(f"The text has {len(ids)} tokens; more than {args.first} are needed.")
    thresholds = (args.outlier, args.massive)
    with EngineSession(files.checkpoint, options) as session:
        found = capturing.run_capture(
            session, files, options.scheme, ids, thresholds=thresholds, sink_tokens=args.first
        )
    if found.attention is None:
        raise RequestError("The capture has no attention; please report this.")
    if args.json:
        print_json(_document(found, found.attention, args.share))
    else:
        _print(found, found.attention, args.share)
    return 0


def _document(found: Capture, attention: AttentionMass, share: float) -> dict[str, object]:
    return {
        "scheme": found.origin.scheme,
        "tokens": found.tokens,
        "first_tokens": attention.first,
        "sink_share": share,
        "share": [[finite(float(value)) for value in row] for row in attention.share],
        "top_mass": finite(attention.top_mass),
        "by_position": [finite(float(value)) for value in attention.by_position],
        "sinks": [
            {"layer": layer, "head": head, "share": found_share}
            for layer, head, found_share in attention.sinking_heads(share)
        ],
        "links": [_link(link) for link in links(found)],
    }


def _link(link: SinkLink) -> dict[str, object]:
    return {
        "position": link.position,
        "token": link.text,
        "share": finite(link.share),
        "channels": [{"site": site, "channel": channel} for site, channel in link.channels],
    }


def _print(found: Capture, attention: AttentionMass, share: float) -> None:
    sinks = attention.sinking_heads(share)
    heads = attention.share.size
    mean = float(attention.share.mean())
    print(
        f"{len(sinks)} of {heads} heads spend at least {share:.0%} of their attention on the first "
        f"{attention.first} tokens; the mean is {mean:.1%}, "
        f"and the mean of a query's largest share {attention.top_mass:.1%}."
    )
    if sinks:
        rows = [(str(layer), str(head), f"{value:.1%}") for layer, head, value in sinks[:MOST_ROWS]]
        print_table([("layer", "head", "share"), *rows])
    for link in links(found):
        channels = ", ".join(f"{site} {channel}" for site, channel in link.channels)
        print(
            f"Token {link.position} {link.text!r} receives {link.share:.1%}"
            + (f" and carries the peak of {channels}." if channels else ".")
        )
