"""A number of bytes that can say where it comes from: a product whose factors have names."""

from __future__ import annotations

import math
from dataclasses import dataclass

SEPARATOR = " · "
Factor = tuple[str, int]


@dataclass(frozen=True)
class Extent:
    """`factors` are (name, count), outermost first, of elements of `bits` each."""

    factors: tuple[Factor, ...]
    bits: int

    @classmethod
    def of(cls, bits: int, **factors: int) -> Extent:
        """Names are the keywords, with spaces for underscores."""
        return cls(tuple((name.replace("_", " "), count) for name, count in factors.items()), bits)

    @property
    def size_bytes(self) -> int:
        """Whole bytes."""
        return -(-math.prod(count for _, count in self.factors) * self.bits // 8)

    def times(self, name: str, count: int) -> Extent:
        """So many of these."""
        return Extent(((name, count), *self.factors), self.bits)

    def formula(self, size_bytes: int) -> str:
        """The numbers put in, `2 · 36 · 8 · 128 · 8192 · 2 B`, and what padding `size_bytes` adds to them."""
        unit = f"{self.bits // 8} B" if self.bits % 8 == 0 else f"{self.bits}/8 B"
        product = SEPARATOR.join([*(str(count) for _, count in self.factors), unit])
        padding = size_bytes - self.size_bytes
        return f"{product} + {padding} B" if padding else product

    def symbols(self, size_bytes: int) -> str:
        """The same in names: `keys and values · layers · … · bytes`."""
        names = SEPARATOR.join([*(name for name, _ in self.factors), "bytes"])
        return f"{names} + padding" if size_bytes != self.size_bytes else names


def plain(size_bytes: int) -> Extent:
    """Bytes that nobody explains further."""
    return Extent((("values", size_bytes),), 8)
