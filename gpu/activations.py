"""Activations on the device: rows of f32, padded with zeros to whole blocks of 32, and their q8_1 codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    blocks = rows * blocks_of(width)
    values = ledger.buffer(name, "workspace", blocks * 128)
    if not coded:
        return Activations(width, values)
    codes = ledger.buffer(f"{name} codes", "workspace", blocks * 32)
    scales = ledger.buffer(f"{name} scales", "workspace", blocks * 8)
    return Activations(width, values, codes, scales)
