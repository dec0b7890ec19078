"""Two captures side by side: which channels' ranges changed, which way, and whether one serves to calibrate
for the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from app.presenters.outliers import MapPick, exact
from app.presenters.sites import split_site
from gpu.probes.captured import Capture
from views.frames.outliers import CHANGE, LARGEST, NOT_FINITE, Codes, DriftFrame, HeatFrame, MatchFrame

F32 = npt.NDArray[np.float32]
_STEPS = LARGEST // 2 - 1
_TINY = np.float32(1e-12)


def change(first: F32, other: F32) -> F32:
    """log2 of how many times larger each channel became: below 0 where it became smaller."""
    with np.errstate(divide="ignore", invalid="ignore"):  # one that is not finite has no finite change
        return np.log2(np.maximum(other, _TINY) / np.maximum(first, _TINY)).astype(np.float32)


def changes(capture: Capture, other: Capture) -> dict[str, F32]:
    """`change` of every site that both have."""
    return {
        site: change(found.absmax, other.sites[site].absmax)
        for site, found in capture.sites.items()
        if site in other.sites and other.sites[site].absmax.shape == found.absmax.shape
    }


def drift_sites(capture: Capture | None, other: Capture | None, kind: str) -> list[str]:
    """The rows of the map: the sites of a kind that both have."""
    if capture is None or other is None:
        return []
    return [
        site
        for site, found in capture.sites.items()
        if split_site(site)[0] == kind
        and site in other.sites
        and other.sites[site].absmax.shape == found.absmax.shape
    ]


def drift_readout(capture: Capture | None, other: Capture | None, kind: str, row: int, channel: int) -> str:
    """One cell, exactly: how many times larger, and both magnitudes."""
    sites = drift_sites(capture, other, kind)
    if capture is None or other is None or not (0 <= row < len(sites) and channel >= 0):
        return ""
    first, second = (each.sites[sites[row]].absmax[channel] for each in (capture, other))
    times = (
        "no finite change" if not np.isfinite([first, second]).all() else f"×{second / max(first, _TINY):.3g}"
    )
    here, there = exact(float(first)), exact(float(second))
    return f"{sites[row]} · channel {channel:,} · {times}: {here} here, {there} there"


def signed_codes(values: F32, top: float) -> Codes:
    """Codes of the palette CHANGE, its ends at ±`top`."""
    finite = np.isfinite(values)
    share = np.clip(np.where(finite, values, np.float32(0)) / np.float32(max(top, 1e-6)), -1, 1)
    codes = (2 * np.round(np.abs(share) * _STEPS) + (share < 0)).astype(np.uint8)
    codes[~finite] = NOT_FINITE
    return codes


def drift_frame(
    capture: Capture | None, other: Capture | None, pick: MapPick, frame: DriftFrame
) -> DriftFrame:
    """How far the largest magnitudes of one capture are from another's; `frame` has the choices."""
    if capture is None or other is None:
        note = "Take or open a second capture: another prompt, scheme or calibration set."
        return replace(frame, heat=HeatFrame(empty=note))
    shared = changes(capture, other)
    if not shared:
        return replace(frame, heat=HeatFrame(empty="The two are of different models."))
    times = frame.match.changed
    rows = sorted(shared.items(), key=lambda pair: -_beyond(pair[1], times))
    return replace(
        frame,
        heat=_drift_map(shared, pick),
        rows=tuple(_drift_row(*row, times) for row in rows),
        note=_answer(shared, frame.other, frame.match),
    )


def _beyond(moved: F32, times: float) -> float:
    """Share of the channels that reach at least so many times their range in the other capture."""
    return float((moved >= np.log2(times)).mean())


def _answer(shared: Mapping[str, F32], other: str, match: MatchFrame) -> str:
    """Whether scales calibrated on the capture on show would serve for the other."""
    moved, times = np.concatenate(list(shared.values())), match.changed
    larger, smaller = _beyond(moved, times), _beyond(-moved, times)
    worst = max(shared, key=lambda site: _beyond(shared[site], times))
    percent = 100 * larger
    verdict = (
        "matches"
        if percent < match.matching
        else "mostly matches"
        if percent < match.mostly
        else "does not match"
    )
    told = (
        f"As a calibration set, the capture on show {verdict} {other or 'the other'}: there {larger:.1%} of "
        f"the channels reach {times:g} times their range here or more, {smaller:.1%} stay below 1/{times:g}."
    )
    return f"{told} Most at {worst}, {_beyond(shared[worst], times):.1%}." if larger else told


def _drift_row(site: str, moved: F32, times: float) -> tuple[str, str, str, str]:
    most = int(np.abs(moved).argmax())
    larger, smaller = (int((way >= np.log2(times)).sum()) for way in (moved, -moved))
    return (
        site,
        f"{larger:,} up, {smaller:,} down of {moved.size:,}",
        f"×{2 ** float(np.median(moved)):.2f}",
        f"×{2 ** float(moved[most]):.3g} at {most:,}",
    )


def _drift_map(shared: Mapping[str, F32], pick: MapPick) -> HeatFrame:
    sites = [site for site in shared if split_site(site)[0] == pick.kind]
    if not sites:
        return HeatFrame(empty="The two have no site of this kind in common.")
    values = np.stack([shared[site] for site in sites])
    top = min(float(np.abs(values[np.isfinite(values)]).max(initial=0)), 60.0)
    return HeatFrame(
        key=f"drift {pick.kind}",
        codes=signed_codes(values, top),
        row_names=tuple(str(split_site(site)[1] or 0) for site in sites),
        column_ids=np.arange(values.shape[1], dtype=np.int32),
        low=f"×{2**-top:.3g}",
        high=f"×{2**top:.3g}",
        palette=CHANGE,
    )
