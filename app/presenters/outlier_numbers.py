"""What every plot of the outlier browser shows: its numbers, as CSV and as npz, and a line about it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.presenters.outlier_drift import changes
from app.presenters.outliers import MapPresenter
from gpu.probes.captured import Capture
from gpu.probes.statistics import STATISTICS
from views.frames.outliers import BarsFrame, ChannelFrame, KnockoutFrame, ProfileFrame, VerdictsFrame

EXPORTED = (*STATISTICS, "peak")
Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Shown:
    """What the pages show. `name` and `other_name` are those of `capture` and `other`."""

    name: str
    capture: Capture | None
    other_name: str
    other: Capture | None
    map: MapPresenter | None
    verdicts: VerdictsFrame
    channel: ChannelFrame
    profile: ProfileFrame
    knockout: KnockoutFrame
    site: str  # of the tokens
    tokens: Arrays


def plot_numbers(plot: str, shown: Shown) -> Arrays:
    """Those of one plot, by the key its tools have."""
    channel, profile = shown.channel, shown.profile
    makers: dict[str, Callable[[], Arrays]] = {
        "map": lambda: map_numbers(shown.capture),
        "verdicts": lambda: verdict_numbers(shown.verdicts),
        "layers": lambda: _bars("layers", channel.layers),
        "over": lambda: _bars("tokens", channel.tokens),
        "before": lambda: _bars("before", profile.before),
        "after": lambda: _bars("after", profile.after),
        "tokens": lambda: shown.tokens,
        "sinks": lambda: sink_numbers(shown.capture),
        "knockout": lambda: knockout_numbers(shown.knockout),
        "drift": lambda: drift_numbers(shown.capture, shown.other),
    }
    return makers[plot]()


def plot_csv(plot: str, shown: Shown) -> str:
    """The same as a table; of the map what it shows, of the channels the cells as they read."""
    if plot == "map":
        return map_csv(shown.map)
    return verdicts_csv(shown.verdicts) if plot == "verdicts" else as_csv(plot_numbers(plot, shown))


def plot_caption(plot: str, shown: Shown) -> str:
    """What a picture of the plot says above it."""
    origin = shown.capture.origin if shown.capture is not None else None
    titles = {
        "map": f"{shown.map.title}, layer by channel" if shown.map is not None else "",
        "verdicts": "Ranked channels",
        "layers": f"{shown.channel.title}: {shown.channel.layers.title}",
        "over": f"{shown.channel.title}: {shown.channel.tokens.title if shown.channel.tokens else ''}",
        "before": f"{shown.profile.title}: {shown.profile.before.title}",
        "after": f"{shown.profile.title}: {shown.profile.after.title if shown.profile.after else ''}",
        "tokens": f"{shown.site}: |x|, token by channel",
        "sinks": "Share of attention on the first tokens, layer by head",
        "knockout": "Knock-out",
        "drift": f"Largest |x| of {shown.other_name} over that of {shown.name}, layer by channel",
    }
    about = (shown.name, origin.model, origin.scheme) if origin is not None else ()
    return " · ".join((titles[plot], *about))


def map_numbers(capture: Capture | None) -> Arrays:
    """Every statistic of every site as `<site>/<statistic>`."""
    sites = capture.sites if capture is not None else {}
    return {f"{site}/{name}": getattr(found, name) for site, found in sites.items() for name in EXPORTED}


def map_csv(shown: MapPresenter | None) -> str:
    """A line for every channel, a column for every layer's site."""
    out = io.StringIO()
    writer = csv.writer(out)
    if shown is not None:
        writer.writerow(["channel", *(f"{site.site} {shown.pick.statistic}" for site in shown.sites)])
        values = np.stack([getattr(site, shown.pick.statistic) for site in shown.sites], axis=1)
        writer.writerows([int(channel), *values[channel].tolist()] for channel in shown.order)
    return out.getvalue()


def verdicts_csv(frame: VerdictsFrame) -> str:
    """The ranked table."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(frame.headings)
    writer.writerows(row.cells for row in frame.rows)
    return out.getvalue()


def verdict_numbers(frame: VerdictsFrame) -> Arrays:
    """What the table's columns sort by, and as texts where they are words."""
    columns = list(zip(*(row.cells for row in frame.rows), strict=True))
    sorts = list(zip(*(row.sort_by for row in frame.rows), strict=True))
    words = ("Site", "Verdict", "At token")
    return {
        name: np.array(columns[place] if name in words else sorts[place])
        for place, name in enumerate(frame.headings if columns else ())
    }


def sink_numbers(capture: Capture | None) -> Arrays:
    """Share of attention on the first tokens, [layers, heads]."""
    return {} if capture is None or capture.attention is None else {"share": capture.attention.share}


def knockout_numbers(frame: KnockoutFrame) -> Arrays:
    """Of every bar its value and how far its repetitions scatter: [bars, 3], NaN where there are none."""
    nothing = (np.nan, np.nan)
    return {
        title: np.array([(bar.value, *(bar.spread or nothing)) for bar in chart], np.float64)
        for title, chart in frame.charts
    }


def drift_numbers(capture: Capture | None, other: Capture | None) -> Arrays:
    """log2 of how many times larger each channel became, by site."""
    return {} if capture is None or other is None else changes(capture, other)


def as_csv(arrays: Arrays) -> str:
    """A line for every row of every array: its name, the row's number, the values."""
    out = io.StringIO()
    writer = csv.writer(out)
    for name, array in arrays.items():
        for number, row in enumerate(np.atleast_2d(array)):
            writer.writerow([name, number, *row.tolist()])
    return out.getvalue()


def as_npz(arrays: Arrays) -> bytes:
    out = io.BytesIO()
    np.savez(out, **dict(arrays))  # type: ignore[arg-type]
    return out.getvalue()


def token_numbers(site: str, values: npt.NDArray[np.float32] | None, names: Sequence[str]) -> Arrays:
    """The values f32 [tokens, channels] and the tokens' texts."""
    return {} if values is None else {site: values, "tokens": np.array(names, np.str_)}


def _bars(name: str, frame: BarsFrame | None) -> Arrays:
    return {name: frame.values} if frame is not None and frame.values.size else {}
