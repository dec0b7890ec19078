"""Every token's values at chosen sites, kept on the device in rings, within a limit that is checked first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.device import Gpu
from gpu.errors import MIB, RequestError
from gpu.kernels.keep_rows import keep_rows
from gpu.kit import Op
from gpu.probes.sites import Site
from gpu.qwen3.decoder import Decoder
from gpu.units import size_text

DEFAULT_LIMIT_BYTES = 512 * MIB


class KeptRows:
    """Watches a model's probed passes and keeps the newest `capacity` tokens of the cache."""

    def __init__(self, gpu: Gpu, sites: Sequence[Site], capacity: int) -> None:
        """Raises RequestError if a ring is larger than this adapter binds. Whatever is raised, nothing stays
        allocated."""
        widest = max((site.stride for site in sites), default=0) * 4
        binds = gpu.max_binding_bytes
        if capacity * widest > binds:
            raise RequestError(
                f"{capacity:,} tokens of one site take {size_text(capacity * widest)} and this adapter binds "
                f"{size_text(binds)}; {binds // widest:,} tokens would fit."
            )
        self._gpu = gpu
        self._capacity = capacity
        self._sites = {site.name: site for site in sites}
        self._rings: dict[str, Any] = {}
        try:
            for site in sites:
                size = capacity * site.stride * 4
                self._rings[site.name] = gpu.ledger.buffer(f"{site.name} values", "probes", size)
        except BaseException:
            self.release()
            raise

    def __call__(self, decoder: Decoder, index: int) -> list[Op]:
        """What keeps the rows of a layer's sites."""
        return [
            keep_rows(decoder.kit, x, self._rings[site.name], self._capacity)
            for site, x in decoder.tapped(index)
            if site.name in self._rings
        ]

    def read(self, site: str, position: int, tokens: int | None = None) -> npt.NDArray[np.float32]:
        """The newest rows of a cache that holds `position` tokens, oldest first: [tokens, channels]; as many
        as are asked for and kept."""
        place = self._sites[site]
        tokens = min(position, self._capacity, position if tokens is None else tokens)
        first = (position - tokens) % self._capacity
        rows = [self._span(site, first, min(tokens, self._capacity - first))]
        if len(rows[0]) < tokens:  # the ring goes round
            rows.append(self._span(site, 0, tokens - len(rows[0])))
        return np.concatenate(rows)[:, : place.channels]

    def _span(self, site: str, first: int, rows: int) -> npt.NDArray[np.float32]:
        row_bytes = self._sites[site].stride * 4
        raw = self._gpu.read(self._rings[site], rows * row_bytes, first * row_bytes)
        return np.frombuffer(raw, np.float32).reshape(rows, -1)

    def release(self) -> None:
        for ring in self._rings.values():
            self._gpu.ledger.release(ring)
        self._rings.clear()


def values_bytes(sites: Sequence[Site], tokens: int) -> int:
    """What every token's values at some sites take."""
    return 4 * tokens * sum(site.stride for site in sites)


def chosen_sites(sites: Sequence[Site], names: Collection[str]) -> tuple[Site, ...]:
    """Raises RequestError if one of the names is no site's."""
    known = {site.name: site for site in sites}
    for name in names:
        if name not in known:
            raise RequestError(f"There is no site '{name}'; sites look like {', '.join([*known][:5])}.")
    return tuple(site for site in sites if site.name in names)


def check_limit(sites: Sequence[Site], tokens: int, limit_bytes: int, limit_name: str = "limit") -> None:
    """Raise RequestError, saying what would fit, if the values of every token go beyond the limit."""
    needed = values_bytes(sites, tokens)
    if needed <= limit_bytes:
        return
    fits = limit_bytes // values_bytes(sites, 1)
    advice = f"{fits:,} tokens would fit" if fits else "not even one token would fit"
    if len(sites) > 1:
        few = limit_bytes // (needed // len(sites))
        advice += f", or about {few} of the sites" if few else ""
    raise RequestError(
        f"The values of {tokens:,} tokens at {_count(len(sites))} take {size_text(needed)} and the "
        f"{limit_name} is {size_text(limit_bytes)}; {advice}."
    )


def _count(sites: int) -> str:
    return "one site" if sites == 1 else f"{sites} sites"
