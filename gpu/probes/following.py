"""Every token's values at a site that somebody follows, as an answer comes, some tokens at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:  # what names a request need not load wgpu
    from gpu.model import Model
    from gpu.probes.rows import KeptRows

LEAST_ROWS = 128  # so many tokens may come between two looks


class Follower:
    """Keeps the rows on the device until they are read; `turn_to` may be called between passes only."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._capacity = max(LEAST_ROWS, 2 * model.chunk_tokens)
        self._rows: KeptRows | None = None
        self._next = 0  # position of the first token that was not read
        self.site = ""

    def turn_to(self, site: str) -> None:
        """Follow a site from the next pass on; none if empty.

        Raises:
            RequestError: there is no such site.
        """
        if site == self.site:
            return
        from gpu.probes.rows import KeptRows  # noqa: PLC0415 - see above

        self.close()
        if site:
            self._rows = KeptRows(self._model.gpu, [self._model.probes.site(site)], self._capacity)
            self._model.instrument(watchers=[self._rows])
        self.site, self._next = site, len(self._model.cached_ids)

    @property
    def is_full(self) -> bool:
        """Whether another chunk might take the place of rows that were not read."""
        waiting = len(self._model.cached_ids) - self._next
        return self._rows is not None and waiting + self._model.chunk_tokens > self._capacity

    def read(self) -> tuple[int, npt.NDArray[np.float32]]:
        """Where the tokens since the last time begin, and their values f32 [tokens, channels]."""
        first, end = self._next, len(self._model.cached_ids)
        self._next = end
        if self._rows is None or end <= first:
            return first, np.zeros((0, 0), np.float32)
        return first, self._rows.read(self.site, end, end - first)

    def close(self) -> None:
        """Follow nothing any more."""
        rows, self._rows, self.site = self._rows, None, ""
        if rows is not None:
            self._model.instrument()
            rows.release()
