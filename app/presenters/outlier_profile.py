"""Spikes of one site before and after a remedy, and a knock-out as a chart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from app.knockouts import PAPER, PAPER_CHOSEN_FACTOR, PAPER_RANDOM_FACTOR
from app.presenters.outlier_pages import bars
from gpu.probes.ranking import median_magnitude, rank
from gpu.probes.remedies import GRIDS, LevelsLeft, Remedy, apply, levels_left, rotation_width
from views.frames.outliers import BarsFrame, BarSpread, ProfileFrame

if TYPE_CHECKING:
    from gpu.probes.knockout import Knockout

F32 = npt.NDArray[np.float32]
MOST_TOKENS = 256  # of a profile: a remedy must follow a slider
_GRID_NAMES = {"tensor": "one scale", "token": "a scale per token", "b32": "blocks of 32"}
_CLIP_DECADES = 3
FEW_TOKENS = 256  # of a knock-out: a factor of random channels wanders by tenths below
_MEASURES = {
    "perplexity": "Perplexity, × untouched",
    "top_probability": "Likeliest next token, mean probability",
    "top_attention": "Largest attention probability, mean",
}


@dataclass(frozen=True)
class RemedyPick:
    """Sliders in hundredths; None is off."""

    smoothing: int | None = None
    rotates: bool = False
    clip: int | None = None

    @property
    def is_plain(self) -> bool:
        return self == RemedyPick()


@dataclass(frozen=True, eq=False)
class ProfileWork:
    """What a profile is computed from."""

    site: str
    values: F32 = field(repr=False)  # [tokens, channels]
    pick: RemedyPick
    weight_absmax: F32 | None = field(default=None, repr=False)


def clip_threshold(clip: int, largest: float) -> float:
    """The threshold that a slider's hundredth stands for: three decades below the largest magnitude."""
    return float(largest * 10.0 ** (-_CLIP_DECADES * (1 - clip / 100)))


def profile_frame(work: ProfileWork) -> ProfileFrame:
    """Compute a profile; takes a while for wide sites."""
    pick, x = work.pick, _few(np.nan_to_num(work.values, nan=0.0, posinf=0.0, neginf=0.0))
    largest = float(np.abs(x).max(initial=0))
    threshold = None if pick.clip is None or largest == 0 else clip_threshold(pick.clip, largest)
    can_smooth = work.weight_absmax is not None
    smoothing = pick.smoothing / 100 if pick.smoothing is not None and can_smooth else None
    before = np.abs(x).max(axis=0)
    left = levels_left(x)
    common = bars("", before)
    after_levels, after = [""] * len(left), None
    if not pick.is_plain:
        changed = apply(x, Remedy(smoothing, pick.rotates, threshold), work.weight_absmax)
        after_levels = [_levels(each) for each in levels_left(changed)]
        shown = bars(
            f"After: median {median_magnitude(np.abs(changed).max(axis=0)):.3g}", np.abs(changed).max(axis=0)
        )
        low, high = min(common.low, shown.low), max(common.high, shown.high)
        common = _with_limits(common, low, high)
        after = _with_limits(shown, low, high)
    spikes = [outlier.channel for outlier in rank(before)[:4]]
    first = bars(f"Before: median {median_magnitude(before):.3g}", before, median_magnitude(before), spikes)
    return ProfileFrame(
        title=work.site,
        before=_with_limits(first, common.low, common.high),
        after=after,
        levels=tuple(
            (_GRID_NAMES[grid], _levels(one), new)
            for grid, one, new in zip(GRIDS, left, after_levels, strict=True)
        ),
        note=_note(pick, x),
        smoothing=pick.smoothing,
        rotates=pick.rotates,
        clip=pick.clip,
        clip_text="" if threshold is None else f"±{threshold:.3g}",
        can_smooth=can_smooth,
        enabled=True,
    )


def _few(values: F32) -> F32:
    """At most `MOST_TOKENS` tokens, evenly spaced, always with the one that holds the largest value."""
    if len(values) <= MOST_TOKENS:
        return values
    rows = np.linspace(0, len(values) - 1, MOST_TOKENS).astype(np.intp)
    peak = int(np.abs(values).max(axis=1).argmax())
    kept: F32 = values[np.union1d(rows, [peak])]
    return kept


def _levels(left: LevelsLeft) -> str:
    noise = f"{left.field_sqnr_db:.0f} dB" if np.isfinite(left.field_sqnr_db) else "exact"
    return f"{left.levels:g} of {left.of_levels} · {noise}"


def _note(pick: RemedyPick, x: F32) -> str:
    told = []
    width = rotation_width(x.shape[1])
    if pick.rotates and width != x.shape[1]:
        told.append(f"{x.shape[1]:,} is no power of two: rotated in blocks of {width:,}.")
    if len(x) > MOST_TOKENS - 1:
        told.append(f"Over {len(x):,} of the tokens.")
    return " ".join(told)


def _with_limits(frame: BarsFrame, low: float, high: float) -> BarsFrame:
    return replace(frame, low=low, high=high)


def knockout_charts(result: Knockout) -> tuple[tuple[str, tuple[BarSpread, ...]], ...]:
    """Perplexity as a factor, and the two certainties, beside the paper's figures."""
    baseline, chosen, random, kept = result.baseline, result.chosen, result.random, result.kept
    charts = []
    for name, title in _MEASURES.items():
        is_factor = name == "perplexity"
        scale = getattr(baseline, name) if is_factor else 1.0
        draws = np.array([getattr(score, name) for score in random]) / scale
        scatter = (float(draws.min()), float(draws.max()))
        papers = (PAPER_CHOSEN_FACTOR, (1.0, PAPER_RANDOM_FACTOR)) if is_factor else (None, None)
        rows = [
            _bar("untouched", getattr(baseline, name) / scale, is_factor),
            _bar("without chosen", getattr(chosen, name) / scale, is_factor, paper=papers[0]),
            _bar("without random", float(draws.mean()), is_factor, scatter, papers[1]),
        ]
        if kept is not None:
            rows.append(_bar("chosen at 16 bits", getattr(kept, name) / scale, is_factor))
        charts.append((title, tuple(rows)))
    return tuple(charts)


def knockout_note(result: Knockout) -> str:
    return (
        f"{result.channels:,} channels of {result.sites} sites over {result.tokens:,} tokens. "
        f"Dashed, the paper ({PAPER['model']}): {PAPER['chosen']}; random channels {PAPER['random']}."
        + ("" if result.tokens >= FEW_TOKENS else " So few tokens scatter: capture a longer text to be sure.")
    )


def _bar(
    name: str,
    value: float,
    is_factor: bool,
    spread: tuple[float, float] | None = None,
    paper: tuple[float, float] | None = None,
) -> BarSpread:
    text = f"× {value:.3f}" if is_factor else f"{value:.1%}"
    if spread is not None:
        text += (
            f" ± {(spread[1] - spread[0]) / 2:.3f}" if is_factor else f" ± {(spread[1] - spread[0]) / 2:.1%}"
        )
    return BarSpread(name, value if np.isfinite(value) else 1e9, text, spread, paper)
