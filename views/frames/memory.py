"""The memory panel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MemoryEntry:
    """Bytes held under one purpose of the ledger; `colour_key` only where two purposes should look alike."""

    purpose: str
    label: str
    size_bytes: int
    colour_key: str = ""
    tooltip: str = ""


@dataclass(frozen=True)
class MemoryFrame:
    """GPU memory by purpose against what the adapter has. `total_source` says where that total came from."""

    entries: tuple[MemoryEntry, ...] = ()
    total_bytes: int | None = None
    total_source: str = ""
    adapter: str = ""
    headline: str = ""
