"""Which channels of one site spike, ready to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.library import DEMO
from app.messages import ModelFacts
from app.presenters.sites import kinds_of, layer_count, split_site
from gpu.events import ChannelStats
from gpu.probes.ranking import median_magnitude, rank
from views.frames import Choice, Outlier, SpikesFrame

STATISTICS = (
    Choice("absmax", "Largest", "The largest |x| of this answer, its prompt included"),
    Choice("last", "Newest", "|x| of the token computed last"),
    Choice("mean_abs", "Mean", "The mean |x| of this answer, its prompt included"),
    Choice("rms", "RMS", "The root mean square of this answer, its prompt included"),
)
MOST_LISTED = 40
_DEMO_NOTE = (
    "The demo's spikes were planted in its weights, and what reads them was scaled down to match: "
    "in full precision its answers are the same without them."
)
_LARGEST_DRAWN = np.float32(1e30)


@dataclass(frozen=True)
class SpikesPick:
    """What the person chose to see."""

    kind: str = "mlp.gate_up_proj"
    layer: int = 1
    statistic: str = "absmax"
    live: bool = True


def spikes_frame(
    stats: ChannelStats | None, site: str, sites: Sequence[str], pick: SpikesPick, note: str = ""
) -> SpikesFrame:
    """Magnitudes, their median and the channels that stand out; no bars before the first token."""
    kind, layer = split_site(site) if site else (pick.kind, None)
    read = stats is not None and stats.tokens > 0
    values = magnitudes(stats, pick.statistic) if stats is not None and read else np.zeros(0, np.float32)
    return SpikesFrame(
        kinds=kinds_of(sites),
        kind=kind,
        layer_count=layer_count(sites),
        layer=layer,
        statistics=STATISTICS,
        statistic=pick.statistic,
        site=site,
        values=np.where(np.isfinite(values), values, _LARGEST_DRAWN),
        median=median_magnitude(values),
        outliers=outliers(values),
        tokens=stats.tokens if stats is not None else 0,
        note=_not_finite(values) or note,
        live=pick.live,
        enabled=bool(sites),
    )


def note_about(facts: ModelFacts | None) -> str:
    """What a person should know about the spikes of this model."""
    return _DEMO_NOTE if facts is not None and facts.wish.model == DEMO else ""


def magnitudes(stats: ChannelStats, statistic: str) -> npt.NDArray[np.float32]:
    """One value >= 0 per channel, float32 [channels]."""
    if statistic == "last":
        return np.abs(stats.newest)
    values: npt.NDArray[np.float32] = {
        "absmax": stats.absmax,
        "mean_abs": stats.mean_abs,
        "rms": stats.rms,
    }[statistic]
    return values


def outliers(values: npt.NDArray[np.float32]) -> tuple[Outlier, ...]:
    """The channels that stand out, largest first, at most `MOST_LISTED`."""
    return tuple(Outlier(o.channel, o.value, o.ratio) for o in rank(values)[:MOST_LISTED])


def _not_finite(values: npt.NDArray[np.float32]) -> str:
    count = int(values.size - np.isfinite(values).sum())
    channels = "channel is" if count == 1 else "channels are"
    return f"{count:,} {channels} not finite: the computation overflowed here." if count else ""
