"""Verdicts as a table and a few sentences."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from app.presenters.heat import figure
from app.presenters.outliers import Pin, token_text, tokens_text
from app.presenters.sites import RESIDUAL, split_site
from gpu.probes.captured import Capture
from gpu.probes.sinks import links
from gpu.probes.verdicts import (
    ChannelVerdict,
    Criteria,
    concentration,
    counted_elsewhere,
    non_finite,
    overlap_of_layers,
    overlap_of_prompts,
    overlap_of_tokens,
    sites_of_kind,
    verdicts,
)
from views.frames.outliers import CriteriaFrame, VerdictRow, VerdictsFrame

_DEFAULT = CriteriaFrame()
HEADINGS = (
    "Channel",
    "Site",
    "Largest |x|",
    "× median",
    "Verdict",
    "Mean |x|",
    "RMS",
    "Kurtosis",
    "≥ outlier",
    "≥ massive",
    "Layers",
    "At token",
)


def verdicts_frame(capture: Capture | None, chosen: CriteriaFrame = _DEFAULT) -> VerdictsFrame:
    """Every channel that a definition names, and what holds for all of them."""
    if capture is None:
        return VerdictsFrame(HEADINGS, empty="What stands out is listed here.", criteria=chosen)
    criteria = criteria_of(chosen)
    found = verdicts(capture, criteria)
    first_broken = next(iter(non_finite(capture)), "")
    return VerdictsFrame(
        HEADINGS,
        tuple(_row(verdict, capture, first_broken) for verdict in found),
        tuple(_findings(capture, found, criteria)),
        definitions(criteria),
        chosen,
        "No channel stands out by any of the definitions.",
    )


def criteria_of(chosen: CriteriaFrame) -> Criteria:
    """What the person chose as the definitions read it."""
    return Criteria(
        chosen.feature_layers / 100,
        chosen.feature_tokens / 100,
        chosen.feature_magnitude,
        chosen.massive_magnitude,
        chosen.massive_ratio,
    )


def definitions(c: Criteria) -> str:
    """What the verdicts mean, with their thresholds."""
    return (
        "Outlier: the largest |x| is at least 6 times the median channel's and beyond what the site's other "
        "channels make likely (log-normal, universal threshold).\n"
        f"Feature (LLM.int8(), arXiv 2208.07339): |x| ≥ {c.feature_magnitude:g} at {c.feature_tokens:.0%} of "
        f"the tokens or more, in {c.feature_layers:.0%} of the layers or more, as attention projections or "
        "the MLP's first layers read it.\n"
        f"Massive (arXiv 2402.17762): |x| ≥ {c.massive_magnitude:g} and ≥ {c.massive_ratio:g} times the "
        "median channel's mean |x|, in the residual stream.\n"
        "Not finite: an infinity or NaN was computed.\n"
        "In both of two: the mean Jaccard index of all pairs."
    )


def pin_of(row: VerdictRow) -> Pin:
    """Where a row of the table lies."""
    kind, layer = split_site(row.site)
    return Pin(kind, layer, row.channel)


def names_of(verdict: ChannelVerdict) -> tuple[str, ...]:
    holds = {
        "not finite": not verdict.is_finite,
        "massive": verdict.is_massive,
        "feature": verdict.is_feature,
        "outlier": verdict.is_ranked,
    }
    return tuple(name for name, is_so in holds.items() if is_so)


def _order(value: float, verdict: ChannelVerdict, first_broken: str) -> float:
    """What a figure sorts by: one that is not finite above all, and most where the first was computed."""
    if math.isfinite(value):
        return value
    return math.inf if verdict.site == first_broken else sys.float_info.max


def _row(verdict: ChannelVerdict, capture: Capture, first_broken: str) -> VerdictRow:
    layers = max(verdict.layers, verdict.feature_layers)
    names = names_of(verdict)
    cells = (
        str(verdict.channel),
        verdict.site,
        figure(verdict.absmax),
        figure(verdict.ratio),
        ", ".join(names),
        figure(verdict.mean_abs),
        figure(verdict.rms),
        figure(verdict.kurtosis),
        f"{verdict.share_low:.0%}",
        f"{verdict.share_high:.0%}",
        f"{layers} of {verdict.layer_count}",
        token_text(capture, verdict.peak).removeprefix("token "),
    )
    figures = (
        verdict.channel,
        float(split_site(verdict.site)[1] or 0),
        verdict.absmax,
        verdict.ratio,
        float(len(names)),
        verdict.mean_abs,
        verdict.rms,
        verdict.kurtosis,
        verdict.share_low,
        verdict.share_high,
        layers,
        verdict.peak,
    )
    sort_by = tuple(_order(value, verdict, first_broken) for value in figures)
    return VerdictRow(split_site(verdict.site)[0], verdict.channel, verdict.site, cells, sort_by, names)


def _findings(capture: Capture, found: Sequence[ChannelVerdict], criteria: Criteria) -> list[str]:
    many = "1 channel stands" if len(found) == 1 else f"{len(found)} channels stand"
    told = [f"{many} out over {tokens_text(capture.tokens)}."]
    uncounted = counted_elsewhere(capture, criteria.feature_magnitude)
    if uncounted:
        told.append(
            f"{uncounted} sites kept no token values: features are counted at |x| ≥ "
            f"{capture.thresholds[0]:g} there."
        )
    broken = non_finite(capture)
    if broken:
        site = next(iter(broken))
        told.append(
            f"Not finite first at {site}, channel {broken[site][0]}: the computation overflowed there."
        )
    told += _persistence(capture)
    told += _concentration(capture)
    if capture.attention is not None:
        sinks = capture.attention.sinking_heads()
        told.append(
            f"{len(sinks)} of {capture.attention.share.size} heads spend 30% or more of their attention on "
            f"the first {capture.attention.first} tokens."
        )
        told += [
            f"{token_text(capture, link.position)} receives {link.share:.0%} of the attention and is where "
            f"{', '.join(f'{site} channel {channel}' for site, channel in link.channels)} peaks."
            for link in links(capture)
            if link.channels
        ]
    return told


def _concentration(capture: Capture) -> list[str]:
    """Where along the gate and down path the energy gathers in few channels."""
    told = []
    for kind in ("gate_up_proj", "down_proj"):
        shares = [concentration(site) for site in sites_of_kind(capture, kind)]
        if shares:
            most = max(shares, key=lambda c: c.share)
            told.append(
                f"{kind}: the strongest 1% of the channels hold up to {most.share:.0%} of the energy "
                f"({most.site})."
            )
    return told


def _persistence(capture: Capture) -> list[str]:
    told = []
    for kind, overlap in overlap_of_layers(capture).items():
        if overlap.anywhere:
            same = (
                f"; in every layer: {', '.join(map(str, overlap.everywhere[:6]))}"
                if overlap.everywhere
                else ""
            )
            name = RESIDUAL if kind == RESIDUAL else kind
            told.append(
                f"{name}: of the channels that stand out in one of two layers, {overlap.jaccard:.0%} do in "
                f"both{same}."
            )
    tokens = [overlap.jaccard for overlap in overlap_of_tokens(capture).values() if overlap.anywhere]
    if tokens and capture.tokens > 1:
        told.append(
            f"Of those that stand out at one of two tokens, {sum(tokens) / len(tokens):.0%} do at both."
        )
    prompts = [overlap.jaccard for overlap in overlap_of_prompts(capture).values() if overlap.anywhere]
    if prompts:
        told.append(
            f"Of those that stand out in one of two prompts, {sum(prompts) / len(prompts):.0%} do in both "
            f"({len(capture.prompts)} prompts)."
        )
    return told
