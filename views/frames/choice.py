"""One entry of a picker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One entry of a picker: `key` goes out in signals, `label` is read by the person."""

    key: str
    label: str
    tooltip: str = ""
    enabled: bool = True
