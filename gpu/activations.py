"""Activations on the device: rows of f32, padded with zeros to whole blocks of 32, and their q8_1 codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gpu.extent import Extent
from gpu.ledger import Ledger

BLOCK = 32


def blocks_of(width: int) -> int:
    """Blocks of 32 that hold `width` values."""
    return -(-width // BLOCK)


@dataclass(frozen=True)
class Activations:
    """[rows, width] on the device: `values` f32, and where asked for `codes` (int8) and `scales` (d, s)."""

    width: int
    values: Any
    codes: Any = None
    scales: Any = None

    @property
    def blocks(self) -> int:
        return blocks_of(self.width)

    @property
    def stride(self) -> int:
        """Distance between rows of `values`."""
        return self.blocks * BLOCK


def allocate(ledger: Ledger, name: str, rows: int, width: int, coded: bool) -> Activations:
    """Buffers for [rows, width], with room for q8_1 codes if `coded`."""
    blocks = blocks_of(width)
    every = {"tokens": rows, "values": blocks * BLOCK}
    values = ledger.buffer(name, "workspace", Extent.of(32, **every))
    if not coded:
        return Activations(width, values)
    codes = ledger.buffer(f"{name} codes", "workspace", Extent.of(8, **every))
    scales = ledger.buffer(f"{name} scales", "workspace", Extent.of(64, tokens=rows, blocks=blocks))
    return Activations(width, values, codes, scales)
