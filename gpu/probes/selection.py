"""Which sites a running generation reads back; another thread may change it between frames."""

from __future__ import annotations

from collections.abc import Iterable


class ProbeSelection:
    """Sites whose statistics are read, and the one site, if any, that is `followed`: every token's values.

    The set is replaced as a whole (an assignment is atomic), never changed in place.
    """

    def __init__(self, sites: Iterable[str] = ()) -> None:
        self.sites = frozenset(sites)
        self.followed = ""

    def choose(self, *sites: str) -> None:
        """From now on read these sites."""
        self.sites = frozenset(sites)
