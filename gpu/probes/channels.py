"""Per-channel statistics of every site, accumulated on the GPU by probed passes, read back on request.

To read and write every figure takes longer than to make it: a token that comes alone leaves its values at all
sites in a row of a ring, and some rows are added at once.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.device import Gpu
from gpu.errors import RequestError
from gpu.events import ChannelStats
from gpu.extent import Extent
from gpu.kernels.channel_rows import HEADER, NEWEST
from gpu.kernels.channel_stats import Tap, channel_stats, header, rows_of
from gpu.kit import Kit, Op, record
from gpu.pipelines import BufferSlice
from gpu.probes.sites import Site, stats_bytes
from gpu.probes.statistics import MASSIVE_THRESHOLD, OUTLIER_THRESHOLD, SiteStatistics, from_words

RING_ROWS = 4  # a power of two


class ChannelProbes:
    """The statistics of a model: what probed passes add to, and the ring of single tokens.

    `expect` comes before a probed pass and `count` after it. `connect` them to kernels first.
    """

    def __init__(self, gpu: Gpu, sites: tuple[Site, ...]) -> None:
        self._gpu = gpu
        self._sites = {site.name: site for site in sites}
        self._size_bytes = stats_bytes(sites)
        self._channels = sites[-1].end
        self.buffer = gpu.ledger.buffer("channel statistics", "probes", self._size_bytes)
        ring = Extent.of(32, tokens=RING_ROWS, values=self._channels)
        self._ring = gpu.ledger.buffer("newest values", "probes", ring)
        self.thresholds = (OUTLIER_THRESHOLD, MASSIVE_THRESHOLD)
        self.tokens = 0
        self._first = self._waiting = 0  # place in the context, and number, of the ring's rows not yet added

    @property
    def sites(self) -> tuple[Site, ...]:
        return tuple(self._sites.values())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._sites)

    def site(self, name: str) -> Site:
        """Raises RequestError if there is no such site."""
        if name not in self._sites:
            raise RequestError(f"There is no site '{name}'; sites look like {', '.join(self.names[:5])}.")
        return self._sites[name]

    def reset(self, thresholds: tuple[float, float] | None = None) -> None:
        """Forget everything; count from now on the magnitudes that reach two thresholds, as before if None.

        Raises:
            RequestError: a threshold that is not a positive number.
        """
        if thresholds is not None:
            self.thresholds = _checked(thresholds)
        with self._gpu.guarded():
            encoder: Any = self._gpu.device.create_command_encoder()
            encoder.clear_buffer(self.buffer, HEADER * 4, self._size_bytes - HEADER * 4)
            commands = encoder.finish()
        self._gpu.submit(commands)
        self._gpu.write(self.buffer, header(*self.thresholds))
        self.tokens = self._waiting = 0

    def connect(self, kit: Kit) -> None:
        """Make what adds rows of the ring."""
        self._kit = kit.with_step(kit.new_step())
        ring = Tap(Activations(self._channels, self._ring), 0, RING_ROWS)
        self._add: Op = channel_stats(self._kit, [ring], self.buffer)

    def kept(self, site: str, x: Activations, row: int) -> Activations:
        """x with room for its values in a row of the ring instead of its own."""
        place = self._sites[site]
        offset = row * self._channels + place.first
        return replace(x, values=BufferSlice(self._ring, 4 * offset, 4 * place.stride))

    def expect(self, tokens: int, position: int) -> None:
        """Before a probed pass from `position` on: add rows that it would write over, or that come before."""
        if tokens > 1 or not self._first + self._waiting <= position < self._first + RING_ROWS:
            self._settle()

    def count(self, tokens: int, position: int) -> None:
        """After it: its rows are in the statistics, or one is in the ring."""
        self.tokens += tokens
        if tokens > 1:
            return
        if position != self._first + self._waiting:
            self._settle()
        if self._waiting == 0:
            self._first = position
        self._waiting += 1

    def _settle(self) -> None:
        """Add the rows that wait."""
        tokens, self._waiting = self._waiting, 0
        if tokens:
            self._kit.write_step(self._kit.step, tokens, self._first, ring_row(self._first))
            self._gpu.submit(record(self._gpu, [self._add], tokens))

    def read(self, site: str, run_id: int = 0) -> ChannelStats:
        """What a live panel shows of one site: see `statistics`.

        Raises:
            RequestError: there is no such site.
        """
        words = self._words(self.site(site))
        found = from_words(site, self.tokens, words)
        newest = words[NEWEST].view(np.float32).copy()
        return ChannelStats(run_id, site, found.tokens, found.absmax, found.mean_abs, found.rms, newest)

    def statistics(self, site: str, first_token: int = 0) -> SiteStatistics:
        """Statistics of one site over the tokens since the last reset; zeros if there were none.

        `first_token` is where in the findings the cache's first token would stand.

        Raises:
            RequestError: there is no such site.
        """
        return from_words(site, self.tokens, self._words(self.site(site)), first_token)

    def _words(self, site: Site) -> npt.NDArray[np.uint32]:
        """[ROWS, channels] of all tokens counted."""
        self._settle()
        place = site.statistics
        raw = self._gpu.read(self.buffer, (place.stop - place.start) * 4, place.start * 4)
        return rows_of(np.frombuffer(raw, np.uint32))[:, : site.channels]


def ring_row(position: int) -> int:
    """Where the ring keeps the values of a token of the context."""
    return position % RING_ROWS


def _checked(thresholds: tuple[float, float]) -> tuple[float, float]:
    for threshold in thresholds:
        if not (math.isfinite(threshold) and threshold > 0):
            raise RequestError(f"A threshold must be a positive number, not {threshold}.")
    return thresholds
