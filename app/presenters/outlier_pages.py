"""The pages beside the map: one channel's life, the tokens of a site, attention sinks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.pin_records import PinRecord
from app.presenters.heat import coded, figure
from app.presenters.outliers import MapPick, Pin, site_of, sites_of, token_text
from gpu.probes.captured import Capture
from gpu.probes.ranking import median_magnitude
from gpu.probes.statistics import SiteStatistics
from views.frames.outliers import BarsFrame, ChannelFrame, HeatFrame

F32 = npt.NDArray[np.float32]
MOST_TOKENS = 4096
MOST_EARLIER = 6


@dataclass(frozen=True)
class Columns:
    """Of the weights that read a site: the norm and largest magnitude of each channel's column."""

    norms: F32
    absmax: F32


def bars(title: str, values: F32, line: float | None = None, marked: Sequence[int] = ()) -> BarsFrame:
    """Magnitudes as logarithmic bars; what is not finite is drawn at the top."""
    known = values[np.isfinite(values)]
    top = float(known.max()) if known.size and known.max() > 0 else 1.0
    drawn = np.where(np.isfinite(values), values, np.float32(top)).astype(np.float32)
    median = median_magnitude(values) or top
    low, high = _limits(min(median / 20, top), top)
    return BarsFrame(title, drawn, low, high, line, "", tuple((i, figure(float(values[i]))) for i in marked))


def _limits(low: float, high: float) -> tuple[float, float]:
    """From the decade below `low` to half a decade above `high`, where labels have room."""
    bottom = 10.0 ** np.floor(np.log10(max(low, 1e-9)))
    return float(bottom), float(max(high, 10 * bottom) * 10**0.5)


def channel_frame(
    capture: Capture | None,
    pin: Pin | None,
    columns: Columns | None,
    others: Mapping[str, Capture],
    earlier: Sequence[PinRecord] = (),
) -> ChannelFrame:
    """The biography of a pinned channel; `earlier` are the records of it that were kept."""
    if capture is None or pin is None:
        return ChannelFrame(note="Click a channel in the map, or choose one in the table.")
    sites, site = sites_of(capture, pin.kind), site_of(capture, pin)
    layers = np.array([found.absmax[pin.channel] for found in sites], np.float32)
    found = capture.sites[site]
    c = pin.channel
    mean, rms, kurtosis = (figure(float(a[c])) for a in (found.mean_abs, found.rms, found.kurtosis))
    facts = [
        ("Largest", f"{_size(found, c)}, at {token_text(capture, int(found.peak[c]))}"),
        ("Mean |x|, RMS, kurtosis", f"{mean}, {rms}, {kurtosis}"),
        (
            "Tokens at or above 6 and 100",
            f"{found.share_low[c]:.1%} and {found.share_high[c]:.1%} of {found.tokens:,}",
        ),
    ]
    if columns is not None:
        facts += _weights(columns, float(found.mean_abs[pin.channel]), found.mean_abs, pin.channel)
    marked = [i for i, each in enumerate(sites) if each.site == site]
    values = capture.values.get(site)
    return ChannelFrame(
        title=f"{site} · channel {pin.channel:,}",
        layers=bars("Largest |x| through the layers", layers, marked=marked),
        tokens=None
        if values is None
        else bars("|x| over the tokens", np.abs(values[:MOST_TOKENS, pin.channel])),
        facts=tuple(facts),
        sessions=(
            *(_session(name, other, site, pin) for name, other in others.items()),
            *(_earlier(record) for record in earlier[-MOST_EARLIER:]),
        ),
        note="" if values is not None else "Capture with token values to see it over the tokens.",
    )


def _weights(columns: Columns, mean: float, means: F32, channel: int) -> list[tuple[str, str]]:
    """What the weights make of the channel: its column's norm and AWQ's saliency, with their ranks."""
    salient = means * columns.norms
    told = []
    for name, values in (("‖w‖ of its columns", columns.norms), ("AWQ saliency mean|x|·‖w‖", salient)):
        rank = 1 + int((values > values[channel]).sum())
        told.append((name, f"{figure(float(values[channel]))}, rank {rank:,} of {values.size:,}"))
    return told if mean > 0 else told[:1]


def _session(name: str, other: Capture, site: str, pin: Pin) -> tuple[str, str]:
    found = other.sites.get(site)
    if found is None or pin.channel >= found.absmax.size:
        return name, "another model"
    return name, f"largest {_size(found, pin.channel)}"


def _earlier(record: PinRecord) -> tuple[str, str]:
    name = f"{record.day}, {record.text} ({record.scheme}, {record.tokens:,} tokens)"
    return name, f"largest {figure(record.absmax)}, {figure(record.ratio)} × the median"


def _size(found: SiteStatistics, channel: int) -> str:
    """A channel's largest magnitude, and what that is beside the others'."""
    return f"{figure(float(found.absmax[channel]))}, {figure(float(found.ratio[channel]))} × the median"


class TokensPresenter:
    """The token × channel map of one site whose values were kept."""

    def __init__(self, capture: Capture, site: str, pick: MapPick, order: npt.NDArray[np.intp]) -> None:
        self.capture, self.site = capture, site
        values = capture.values.get(site)
        self.values = None if values is None else np.abs(values[:MOST_TOKENS])
        same = values is not None and values.shape[1] == order.size
        self.order = order if same else np.arange(0 if values is None else values.shape[1])
        self.pick = pick
        self._coded = (
            None if self.values is None else coded(self.values[:, self.order], pick.scale, pick.handles)
        )

    def frame(self, pin: Pin | None) -> HeatFrame:
        if self._coded is None or self.values is None:
            return HeatFrame(empty="Capture with token values to see every token of this site.")
        place = np.flatnonzero(self.order == pin.channel) if pin is not None else np.zeros(0)
        names = self.capture.pieces[: len(self.values)] or tuple(str(i) for i in range(len(self.values)))
        row = int(self.values[:, pin.channel].argmax()) if pin is not None and place.size else 0
        return HeatFrame(
            key=f"{self.site} {self.pick.is_sorted}",
            axes=("token", "channel"),
            codes=self._coded.codes,
            row_names=tuple(name.replace("\n", "⏎").strip(" ") or "␣" for name in names),
            column_ids=self.order.astype(np.int32),
            low=self._coded.low,
            high=self._coded.high,
            palette=self.pick.palette,
            pinned=(row, int(place[0])) if place.size else None,
        )

    def readout(self, row: int, place: int) -> str:
        if self.values is None or not (0 <= row < len(self.values) and 0 <= place < self.order.size):
            return self.site
        channel = int(self.order[place])
        value = float(self.capture.values[self.site][row, channel])
        return f"{token_text(self.capture, row)} · channel {channel:,} · {value:.6g}"


def sinks_frame(capture: Capture | None, palette: str) -> HeatFrame:
    """Layer × head: the share of attention on the first tokens."""
    if capture is None or capture.attention is None:
        return HeatFrame(empty="Capture with attention to see which heads sink it into the first tokens.")
    shares = capture.attention.share
    found = coded(shares, "linear")
    return HeatFrame(
        key="sinks",
        axes=("layer", "head"),
        codes=found.codes,
        row_names=tuple(map(str, range(shares.shape[0]))),
        column_ids=np.arange(shares.shape[1], dtype=np.int32),
        low=f"{float(shares.min()):.0%}",
        high=f"{float(shares.max()):.0%}",
        palette=palette,
    )


def sink_readout(capture: Capture | None, row: int, place: int) -> str:
    if capture is None or capture.attention is None:
        return ""
    shares = capture.attention.share
    if 0 <= row < shares.shape[0] and 0 <= place < shares.shape[1]:
        first = capture.attention.first
        return f"Layer {row}, head {place}: {shares[row, place]:.1%} of its attention on the first {first}"
    sinks = len(capture.attention.sinking_heads())
    first = capture.attention.first
    mean = float(shares.mean())
    return f"{sinks} of {shares.size} heads spend 30% or more on the first {first} tokens; mean {mean:.1%}"
