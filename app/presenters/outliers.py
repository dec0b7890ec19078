"""A capture as the outlier browser shows it: the map of a statistic, and a line about the cell under the
pointer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.presenters.heat import SCALES, coded, figure
from app.presenters.sites import RESIDUAL, kinds_of, site_name, split_site
from gpu.probes.captured import Capture
from gpu.probes.statistics import SiteStatistics
from gpu.units import size_text
from views.frames import Choice
from views.frames.outliers import PALETTES, HeatFrame, PickFrame

STATISTICS = (
    Choice("absmax", "Largest |x|", "The largest magnitude over all tokens"),
    Choice("mean_abs", "Mean |x|", "The mean magnitude over all tokens"),
    Choice("rms", "RMS", "The root mean square over all tokens"),
    Choice(
        "kurtosis",
        "Kurtosis",
        "About zero, n·Σx⁴/(Σx²)²: 1 for ±c, 3 for normal values, large for rare spikes",
    ),
    Choice("ratio", "Ratio to median", "The largest magnitude over that of the site's median channel"),
    Choice(
        "share_low", "Share ≥ outlier", "Share of the tokens at which |x| reaches the outlier threshold, 6"
    ),
    Choice(
        "share_high", "Share ≥ massive", "Share of the tokens at which |x| reaches the massive threshold, 100"
    ),
)
NOTHING = "Choose a text and capture it: every channel of every layer appears here."


@dataclass(frozen=True)
class Pin:
    """A channel of one kind of site, at one layer (None for the output head)."""

    kind: str
    layer: int | None
    channel: int


@dataclass(frozen=True)
class MapPick:
    """What the person chose to see of a capture."""

    kind: str = "mlp.gate_up_proj"
    statistic: str = "absmax"
    scale: str = "log"
    palette: str = "viridis"
    is_sorted: bool = False
    handles: tuple[float, float] = (0.0, 1.0)


def pick_frame(capture: Capture | None, pick: MapPick) -> PickFrame:
    return PickFrame(
        kinds=kinds_of(tuple(capture.sites) if capture is not None else ()),
        kind=pick.kind,
        statistics=STATISTICS,
        statistic=pick.statistic,
        scales=SCALES,
        scale=pick.scale,
        palettes=PALETTES,
        palette=pick.palette,
        sorted=pick.is_sorted,
        enabled=capture is not None,
    )


def sites_of(capture: Capture, kind: str) -> list[SiteStatistics]:
    """The sites of a kind as the pickers call it, first layer first."""
    return [found for site, found in capture.sites.items() if split_site(site)[0] == kind]


class MapPresenter:
    """The layer × channel map of one capture under one pick; computed once, read many times."""

    def __init__(self, capture: Capture, pick: MapPick, key: str) -> None:
        self.capture, self.pick = capture, pick
        self._key = f"{key} {pick.kind} {pick.is_sorted}"
        self.sites = sites_of(capture, pick.kind)
        self._values = np.stack([getattr(site, pick.statistic) for site in self.sites])
        self.order = strongest_first(self._values) if pick.is_sorted else np.arange(self._values.shape[1])
        self._coded = coded(self._values[:, self.order], pick.scale, pick.handles)

    @property
    def title(self) -> str:
        """What it shows, of what."""
        names = {choice.key: choice.label for choice in (*STATISTICS, *kinds_of(()))}
        return f"{names[self.pick.statistic]} · {names[self.pick.kind]}"

    def frame(self, pin: Pin | None) -> HeatFrame:
        return HeatFrame(
            key=self._key,
            codes=self._coded.codes,
            row_names=tuple(str(split_site(site.site)[1] or 0) for site in self.sites),
            column_ids=self.order.astype(np.int32),
            low=self._coded.low,
            high=self._coded.high,
            handles=self.pick.handles,
            palette=self.pick.palette,
            pinned=self._place(pin),
        )

    def pin_at(self, row: int, place: int) -> Pin:
        layer = split_site(self.sites[row].site)[1]
        return Pin(self.pick.kind, layer, int(self.order[place]))

    def readout(self, row: int, place: int) -> str:
        """The cell, exactly."""
        if not (0 <= row < len(self.sites) and 0 <= place < self.order.size):
            return ""
        site, channel = self.sites[row], int(self.order[place])
        names = {choice.key: choice.label for choice in STATISTICS}
        value = exact(float(self._values[row, channel]))
        is_largest = self.pick.statistic == "absmax"
        largest = "" if is_largest else f" · largest {figure(float(site.absmax[channel]))}"
        return (
            f"{site.site} · channel {channel:,} · {names[self.pick.statistic]} {value}{largest} at "
            f"{token_text(self.capture, int(site.peak[channel]))}"
        )

    def _place(self, pin: Pin | None) -> tuple[int, int] | None:
        if pin is None or pin.kind != self.pick.kind or pin.channel >= self.order.size:
            return None
        rows = [i for i, site in enumerate(self.sites) if split_site(site.site)[1] == pin.layer]
        return (rows[0], int(np.flatnonzero(self.order == pin.channel)[0])) if rows else None


def summary(capture: Capture) -> str:
    """What a capture is of, and what its token values take."""
    kept = sum(values.nbytes for values in capture.values.values())
    values = f" · token values of {len(capture.values)} sites: {size_text(kept)}" if kept else ""
    return f"{tokens_text(capture.tokens)} · {capture.origin.model} · {capture.origin.scheme}{values}"


def tokens_text(count: int) -> str:
    return "1 token" if count == 1 else f"{count:,} tokens"


def strongest_first(values: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    """Columns by the largest of their values, largest first; what is not finite before all."""
    strength = np.nan_to_num(values.max(axis=0), nan=np.inf, posinf=np.inf)
    return np.argsort(-strength, kind="stable")


def site_of(capture: Capture, pin: Pin) -> str:
    """The site a pin lies at."""
    return site_name(pin.kind, pin.layer or 0, tuple(capture.sites))


def exact(value: float) -> str:
    return "not finite" if not np.isfinite(value) else f"{value:.6g}"


def token_text(capture: Capture, position: int) -> str:
    """A token as it reads: token 7 ' block'."""
    text = f" {capture.pieces[position]!r}" if position < len(capture.pieces) else ""
    return f"token {position:,}{text}"


__all__ = ["NOTHING", "RESIDUAL", "MapPick", "MapPresenter", "Pin", "pick_frame"]
