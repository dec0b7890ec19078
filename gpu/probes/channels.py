"""Per-channel statistics of every site, accumulated on the GPU by probed passes, read back on request."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpu.device import Gpu
from gpu.errors import RequestError
from gpu.events import ChannelStats
from gpu.kernels.channel_stats import ROWS
from gpu.probes.sites import HEAD_SITE, Site, stats_bytes


class ChannelProbes:
    """The statistics buffer of a model. `count` says how many rows went in since the last `reset`."""

    def __init__(self, gpu: Gpu, sites: tuple[Site, ...]) -> None:
        self._gpu = gpu
        self._sites = {site.name: site for site in sites}
        self._size_bytes = stats_bytes(sites)
        self.buffer = gpu.ledger.buffer("channel statistics", "probes", self._size_bytes)
        self._tokens = self._head_tokens = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._sites)

    def reset(self) -> None:
        """Forget everything."""
        with self._gpu.guarded():
            encoder: Any = self._gpu.device.create_command_encoder()
            encoder.clear_buffer(self.buffer, 0, self._size_bytes)
            commands = encoder.finish()
        self._gpu.submit(commands)
        self._tokens = self._head_tokens = 0

    def count(self, tokens: int, head_tokens: int) -> None:
        """Note that a pass added `tokens` rows at the layers' sites and `head_tokens` at the head's."""
        self._tokens += tokens
        self._head_tokens += head_tokens

    def read(self, site: str, run_id: int = 0) -> ChannelStats:
        """Statistics of one site over the tokens since the last reset; zeros if there were none.

        Raises:
            RequestError: there is no such site.
        """
        if site not in self._sites:
            raise RequestError(f"There is no site '{site}'; sites look like {', '.join(self.names[:5])}.")
        place = self._sites[site]
        tokens = self._head_tokens if site == HEAD_SITE else self._tokens
        raw = self._gpu.read(self.buffer, (place.end - place.offset) * 4, place.offset * 4)
        rows = np.frombuffer(raw, np.float32).reshape(ROWS, -1)[:, : place.channels]
        absmax, total, squares, newest = rows.copy()
        count = np.float32(max(tokens, 1))
        return ChannelStats(run_id, site, tokens, absmax, total / count, np.sqrt(squares / count), newest)
