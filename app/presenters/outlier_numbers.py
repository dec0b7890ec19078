"""The numbers behind every page of the outlier browser, by name, as CSV and as npz."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.presenters.outlier_drift import changes
from gpu.probes.captured import Capture
from views.frames.outliers import BarsFrame, ChannelFrame, KnockoutFrame, ProfileFrame, VerdictsFrame

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Shown:
    """What the pages show."""

    verdicts: VerdictsFrame
    channel: ChannelFrame
    profile: ProfileFrame
    knockout: KnockoutFrame
    capture: Capture | None
    other: Capture | None
    tokens: Arrays


def page_numbers(page: str, shown: Shown) -> Arrays:
    """Those of one page, by the name the panel gives it."""
    makers: dict[str, Callable[[], Arrays]] = {
        "verdicts": lambda: verdict_numbers(shown.verdicts),
        "channel": lambda: channel_numbers(shown.channel),
        "profile": lambda: profile_numbers(shown.profile),
        "tokens": lambda: shown.tokens,
        "sinks": lambda: sink_numbers(shown.capture),
        "knockout": lambda: knockout_numbers(shown.knockout),
        "drift": lambda: drift_numbers(shown.capture, shown.other),
    }
    return makers[page]()


def verdict_numbers(frame: VerdictsFrame) -> Arrays:
    """What the table's columns sort by, and as texts where they are words."""
    columns = list(zip(*(row.cells for row in frame.rows), strict=True))
    sorts = list(zip(*(row.sort_by for row in frame.rows), strict=True))
    words = ("Site", "Verdict", "At token")
    return {
        name: np.array(columns[place] if name in words else sorts[place])
        for place, name in enumerate(frame.headings if columns else ())
    }


def channel_numbers(frame: ChannelFrame) -> Arrays:
    return _bars({"layers": frame.layers, "tokens": frame.tokens})


def profile_numbers(frame: ProfileFrame) -> Arrays:
    return _bars({"before": frame.before, "after": frame.after})


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


def _bars(frames: Mapping[str, BarsFrame | None]) -> Arrays:
    return {name: frame.values for name, frame in frames.items() if frame is not None and frame.values.size}
