"""The part of an axis of cells that is in view."""

from __future__ import annotations

from dataclasses import dataclass

_FEWEST = 4.0


@dataclass(frozen=True)
class Span:
    """Cells [first, last) of `count`; all of them unless said otherwise."""

    count: int
    first: float = 0.0
    last: float = -1.0

    @property
    def part(self) -> tuple[float, float]:
        return self.first, self.last if self.last >= 0 else float(self.count)

    @property
    def whole(self) -> Span:
        return Span(self.count)

    @property
    def length(self) -> float:
        return self.part[1] - self.part[0]

    def at(self, share: float) -> float:
        """The place at a share of the part in view."""
        return self.part[0] + share * self.length

    def share(self, place: float) -> float:
        """Where a place lies in the part in view: 0 … 1 inside it."""
        return (place - self.part[0]) / self.length if self.length else 0.0

    def index(self, place: float) -> int:
        """The cell at a place, the nearest one there is."""
        return min(max(int(place), 0), max(self.count - 1, 0))

    def zoomed(self, factor: float, at: float) -> Span:
        """`factor` times as long; what lies at the share `at` stays there."""
        length = min(max(self.length * factor, min(_FEWEST, self.count)), float(self.count))
        return self._within(self.at(at) - at * length, length)

    def moved(self, share: float) -> Span:
        """By a share of its own length, as far as there are cells."""
        return self._within(self.part[0] + share * self.length, self.length)

    def around(self, first: float, last: float) -> Span:
        """The cells [first, last), or a few more if those are very few."""
        length = min(max(last - first, min(_FEWEST, self.count)), float(self.count))
        return self._within((first + last - length) / 2, length)

    def _within(self, first: float, length: float) -> Span:
        first = min(max(first, 0.0), self.count - length)
        return Span(self.count, first, first + length)
