"""Which channels are outliers, by every definition in use, and how persistent they are.

A *feature* is an outlier feature of LLM.int8() (arXiv 2208.07339): a channel of the hidden state, as the
attention projections or the first linear layers of the MLP read it, whose magnitude reaches a threshold
at a least share of the tokens, in a least share of the layers. A *massive* activation (arXiv 2402.17762)
is a value of the residual stream that is large and exceeds a large multiple of the hidden state's median
magnitude, for which the median channel's mean magnitude stands here. `rank` is this program's own
definition: a channel beyond what the site's other channels make likely.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gpu.probes.captured import F32, Capture
from gpu.probes.ranking import outlying, rank
from gpu.probes.site_names import HEAD_SITE, KINDS, RESIDUAL, kind_of
from gpu.probes.statistics import SiteStatistics

CONCENTRATED_CHANNELS = 0.01
_FEW_TOKENS = 32
FEATURE_KINDS = ("qkv_proj", "gate_up_proj")


@dataclass(frozen=True)
class Criteria:
    """Thresholds of the definitions; a magnitude of None is the one at which the capture counted tokens.

    Another `feature_magnitude` is counted afresh where the capture kept every token's values.
    """

    feature_layers: float = 0.25
    feature_tokens: float = 0.06
    feature_magnitude: float | None = None
    massive_magnitude: float | None = None
    massive_ratio: float = 1000.0


@dataclass(frozen=True)
class ChannelVerdict:
    """A channel of one kind of site that some definition calls an outlier.

    The figures are those of the site where it is strongest for its surroundings; `peak` is the token at
    which it is largest there. `layers` counts the layers in which it is ranked an outlier,
    `feature_layers` those in which it reaches the threshold often enough, of `layer_count`.
    """

    kind: str
    channel: int
    site: str
    absmax: float
    ratio: float
    mean_abs: float
    rms: float
    kurtosis: float
    share_low: float
    share_high: float
    peak: int
    layers: int
    feature_layers: int
    layer_count: int
    is_ranked: bool
    is_feature: bool
    is_massive: bool
    is_finite: bool


@dataclass(frozen=True)
class Overlap:
    """How alike sets of channels are: the mean Jaccard index of all pairs, |a ∩ b| / |a ∪ b|; two empty
    sets are alike. `everywhere` are the channels in all of them, `anywhere` those in at least one."""

    jaccard: float
    everywhere: tuple[int, ...]
    anywhere: tuple[int, ...]


@dataclass(frozen=True)
class Concentration:
    """Share of a site's energy Σx² that its strongest 1 % of channels (at least one) hold."""

    site: str
    share: float
    channels: int


def verdicts(capture: Capture, criteria: Criteria | None = None) -> list[ChannelVerdict]:
    """Every channel that one of the definitions names, the largest ratio to the median first."""
    criteria = criteria or Criteria()
    found = [verdict for kind in KINDS for verdict in _of_kind(kind, capture, criteria)]
    return sorted(found, key=lambda v: (v.is_finite, -v.ratio if v.is_finite else 0.0))


def sites_of_kind(capture: Capture, kind: str) -> list[SiteStatistics]:
    """The sites of a kind, from the first layer to the last."""
    return [statistics for name, statistics in capture.sites.items() if kind_of(name) == kind]


def share_reaching(capture: Capture, site: str, magnitude: float | None) -> F32:
    """Share of the tokens at which each channel of a site reaches a magnitude; at the magnitude that the
    capture counted, where it kept no token's values or none is given."""
    values = capture.values.get(site)
    if magnitude is None or magnitude == capture.thresholds[0] or values is None:
        return capture.sites[site].share_low
    reached: F32 = np.mean(~(np.abs(values) < magnitude), axis=0, dtype=np.float32)  # NaN reaches everything
    return reached


def counted_elsewhere(capture: Capture, magnitude: float | None) -> int:
    """Of how many sites that can hold features another magnitude cannot be counted afresh."""
    if magnitude is None or magnitude == capture.thresholds[0]:
        return 0
    return sum(kind_of(site) in FEATURE_KINDS and site not in capture.values for site in capture.sites)


def outlier_sets(statistics: Sequence[SiteStatistics]) -> list[frozenset[int]]:
    """The ranked outliers of each site."""
    return [frozenset(outlier.channel for outlier in site.outliers) for site in statistics]


def overlap(sets: Sequence[frozenset[int]]) -> Overlap:
    pairs = [_jaccard(a, b) for a, b in itertools.combinations(sets, 2)]
    everywhere = frozenset.intersection(*sets) if sets else frozenset()
    anywhere = frozenset().union(*sets)
    jaccard = sum(pairs) / len(pairs) if pairs else 1.0
    return Overlap(jaccard, tuple(sorted(everywhere)), tuple(sorted(anywhere)))


def overlap_of_layers(capture: Capture) -> dict[str, Overlap]:
    """By kind of site: whether the same channels stand out in every layer."""
    return {k: overlap(outlier_sets(sites_of_kind(capture, k))) for k in KINDS if k != HEAD_SITE}


def overlap_of_prompts(capture: Capture) -> dict[str, Overlap]:
    """By site: whether the same channels stand out in every prompt; empty for a capture of one prompt."""
    return {
        site: overlap([frozenset(outlier.channel for outlier in rank(row)) for row in rows])
        for site, rows in capture.by_prompt.items()
    }


def overlap_of_tokens(capture: Capture) -> dict[str, Overlap]:
    """By site whose values were kept: whether the same channels stand out at every token; of a long text at
    some, spread evenly."""
    return {
        site: overlap(outlying(np.abs(rows[:: -(-len(rows) // _FEW_TOKENS)])))
        for site, rows in capture.values.items()
    }


def concentration(statistics: SiteStatistics) -> Concentration:
    count = max(1, round(CONCENTRATED_CHANNELS * statistics.rms.size))
    energy = np.sort(np.square(statistics.rms.astype(np.float64)))[::-1]
    total = float(energy.sum())
    share = float(energy[:count].sum()) / total if total > 0 else 0.0
    return Concentration(statistics.site, share, count)


def non_finite(capture: Capture) -> dict[str, list[int]]:
    """Channels that held an infinity or NaN, by site, in the order in which a token passes the sites."""
    found: Mapping[str, list[int]] = {name: s.non_finite.tolist() for name, s in capture.sites.items()}
    return {name: channels for name, channels in found.items() if channels}


def _of_kind(kind: str, capture: Capture, criteria: Criteria) -> list[ChannelVerdict]:
    """Verdicts on one kind of site; its sites are equally wide."""
    sites = sites_of_kind(capture, kind)
    if not sites:
        return []
    ranked = outlier_sets(sites)
    shares = [share_reaching(capture, site.site, criteria.feature_magnitude) for site in sites]
    often = np.stack([share >= criteria.feature_tokens for share in shares]).sum(axis=0)
    least = criteria.feature_layers * len(sites)
    is_feature = (often >= least) & (often > 0) & (kind in FEATURE_KINDS)
    features = {int(channel) for channel in np.flatnonzero(is_feature)}
    magnitude = capture.thresholds[1] if criteria.massive_magnitude is None else criteria.massive_magnitude
    massive = _massive(sites, magnitude, criteria.massive_ratio) if kind == RESIDUAL else set()
    broken = {int(channel) for site in sites for channel in site.non_finite}
    return [
        _verdict(
            kind, sites, channel, often=int(often[channel]), ranked=ranked, features=features, massive=massive
        )
        for channel in sorted(features | massive | broken | set().union(*ranked))
    ]


def _verdict(
    kind: str,
    sites: Sequence[SiteStatistics],
    channel: int,
    *,
    often: int,
    ranked: Sequence[frozenset[int]],
    features: set[int],
    massive: set[int],
) -> ChannelVerdict:
    ratios = np.array([site.ratio[channel] for site in sites])
    bad = np.flatnonzero(~np.isfinite(ratios))
    strongest = sites[int(bad[0]) if bad.size else int(ratios.argmax())]
    layers = sum(channel in found for found in ranked)
    return ChannelVerdict(
        kind,
        channel,
        strongest.site,
        float(strongest.absmax[channel]),
        float(strongest.ratio[channel]),
        float(strongest.mean_abs[channel]),
        float(strongest.rms[channel]),
        float(strongest.kurtosis[channel]),
        float(strongest.share_low[channel]),
        float(strongest.share_high[channel]),
        int(strongest.peak[channel]),
        layers,
        often,
        len(sites),
        layers > 0,
        channel in features,
        channel in massive,
        not bad.size,
    )


def _massive(sites: Sequence[SiteStatistics], magnitude: float, ratio: float) -> set[int]:
    found: set[int] = set()
    for site in sites:
        median = float(np.median(site.mean_abs))
        large = (site.absmax >= magnitude) & (site.absmax >= ratio * median)
        found |= {int(channel) for channel in np.flatnonzero(large)}
    return found


def _jaccard(a: frozenset[int], b: frozenset[int]) -> float:
    union = len(a | b)
    return len(a & b) / union if union else 1.0
