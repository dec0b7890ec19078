"""The link between a token that attention sinks into and the channels that are massive there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpu.probes.captured import Capture
from gpu.probes.site_names import RESIDUAL, kind_of
from gpu.probes.verdicts import verdicts

MOST_LINKS = 4


@dataclass(frozen=True)
class SinkLink:
    """A token of a capture, its mean share of all heads' attention, and the (site, channel) pairs of the
    residual stream that stand out and are largest there."""

    position: int
    text: str
    share: float
    channels: tuple[tuple[str, int], ...]


def links(capture: Capture, most: int = MOST_LINKS) -> list[SinkLink]:
    """The tokens that receive most of a capture's attention, most first; none if it was not measured, or
    measured over several texts, where a position is no token."""
    attention = capture.attention
    if attention is None or attention.received.shape[2] != capture.tokens:
        return []
    shares = attention.by_position
    named = [v for v in verdicts(capture) if kind_of(v.site) == RESIDUAL and (v.is_massive or v.is_ranked)]
    return [
        SinkLink(
            int(position),
            capture.pieces[position] if capture.pieces else "",
            float(shares[position]),
            tuple((verdict.site, verdict.channel) for verdict in named if verdict.peak == position),
        )
        for position in np.argsort(-shares, kind="stable")[:most]
    ]
