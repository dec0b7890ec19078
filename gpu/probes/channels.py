"""Per-channel statistics of every site, accumulated on the GPU by probed passes, read back on request."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.device import Gpu
from gpu.errors import RequestError
from gpu.events import ChannelStats
from gpu.kernels.channel_rows import HEADER, NEWEST, ROWS
from gpu.kernels.channel_stats import header
from gpu.probes.sites import Site, stats_bytes
from gpu.probes.statistics import MASSIVE_THRESHOLD, OUTLIER_THRESHOLD, SiteStatistics, from_words


class ChannelProbes:
    """The statistics buffer of a model. `count` says how many rows went in since the last `reset`."""

    def __init__(self, gpu: Gpu, sites: tuple[Site, ...]) -> None:
        self._gpu = gpu
        self._sites = {site.name: site for site in sites}
        self._size_bytes = stats_bytes(sites)
        self.buffer = gpu.ledger.buffer("channel statistics", "probes", self._size_bytes)
        self.thresholds = (OUTLIER_THRESHOLD, MASSIVE_THRESHOLD)
        self.tokens = 0

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
        self.tokens = 0

    def count(self, tokens: int) -> None:
        """Note that a pass added `tokens` rows at every site."""
        self.tokens += tokens

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
        raw = self._gpu.read(self.buffer, (site.end - site.offset) * 4, site.offset * 4)
        words: npt.NDArray[np.uint32] = np.frombuffer(raw, np.uint32).reshape(ROWS, -1)[:, : site.channels]
        return words


def _checked(thresholds: tuple[float, float]) -> tuple[float, float]:
    for threshold in thresholds:
        if not (math.isfinite(threshold) and threshold > 0):
            raise RequestError(f"A threshold must be a positive number, not {threshold}.")
    return thresholds
