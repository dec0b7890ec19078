"""What the commands that look inside a model share: running a text through it, saying what was found."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from app.captures import origin_of, token_texts
from app.cli.output import ProgressLine, finite
from app.engine_session import EngineSession, ModelFiles
from gpu.probes.capture import CaptureRequest, capture
from gpu.probes.captured import Capture, Prompt
from gpu.probes.verdicts import (
    ChannelVerdict,
    Overlap,
    concentration,
    non_finite,
    overlap_of_layers,
    overlap_of_tokens,
    verdicts,
)
from gpu.scheme import Scheme


def positive(text: str) -> float:
    """An argparse type: a magnitude."""
    try:
        value = float(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text[:40]}' is no number") from error
    if not 0 < value < float("inf"):
        raise ArgumentTypeError("it must be positive")
    return value


def site_names(text: str) -> frozenset[str]:
    """An argparse type: `layers.0,layers.3.mlp.down_proj`."""
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def run_capture(
    session: EngineSession,
    files: ModelFiles,
    scheme: Scheme,
    ids: Sequence[int],
    *,
    before: Sequence[int] = (),
    **options: Any,
) -> Capture:
    """Capture one text, or the part of one that comes after `before`, with a line of progress; `options` are
    further fields of the request.

    Raises:
        RequestError: the text, a site or the limit is refused; nothing ran.
    """
    line = ProgressLine()
    request = CaptureRequest((Prompt("", tuple(ids), tuple(before)),), **options)
    found = capture(
        session.model,
        origin_of(files, scheme),
        request,
        lambda done, total: line.show(f"{done} of {total} tokens"),
    )
    line.clear()
    return replace(found, pieces=token_texts(files, found.token_ids))


def ranked(found: Capture) -> list[dict[str, object]]:
    """The outlier channels of all sites, the largest ratio first."""
    outliers = [(outlier, site) for site, s in found.sites.items() for outlier in s.outliers]
    outliers.sort(key=lambda pair: -pair[0].ratio)
    return [
        {
            "site": site,
            "channel": outlier.channel,
            "absmax": finite(outlier.value),
            "ratio": finite(outlier.ratio),
        }
        for outlier, site in outliers
    ]


def verdict_document(found: Capture) -> dict[str, object]:
    """Every verdict on a capture, in JSON types."""
    return {
        "thresholds": list(found.thresholds),
        "verdicts": [_verdict(verdict, found) for verdict in verdicts(found)],
        "overlap_of_layers": {kind: _overlap(o) for kind, o in overlap_of_layers(found).items()},
        "overlap_of_tokens": {site: _overlap(o) for site, o in overlap_of_tokens(found).items()},
        "concentration": [
            {"site": c.site, "share": finite(c.share), "channels": c.channels}
            for c in map(concentration, found.sites.values())
        ],
        "non_finite": non_finite(found),
    }


def _verdict(verdict: ChannelVerdict, found: Capture) -> dict[str, object]:
    fields: Mapping[str, Any] = asdict(verdict)
    plain = {n: finite(value) if isinstance(value, float) else value for n, value in fields.items()}
    return {**plain, "peak_token": found.pieces[verdict.peak] if found.pieces else None}


def _overlap(overlap: Overlap) -> dict[str, object]:
    return {
        "jaccard": overlap.jaccard,
        "everywhere": list(overlap.everywhere),
        "anywhere": list(overlap.anywhere),
    }


def add_thresholds(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("thresholds of |x|")
    group.add_argument(
        "--outlier", type=positive, default=6.0, metavar="X", help="of LLM.int8()'s outlier features (6)"
    )
    group.add_argument(
        "--massive", type=positive, default=100.0, metavar="X", help="of massive activations (100)"
    )
