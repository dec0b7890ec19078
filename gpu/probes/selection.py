"""Which sites a running generation reads back; another thread may change it between frames."""

from __future__ import annotations

from collections.abc import Iterable


class ProbeSelection:
    """A set of site names, replaced as a whole (an assignment is atomic), never changed in place."""

    def __init__(self, sites: Iterable[str] = ()) -> None:
        self.sites = frozenset(sites)

    def choose(self, *sites: str) -> None:
        """From now on read these sites."""
        self.sites = frozenset(sites)
