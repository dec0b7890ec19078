"""What is selected in a message: a stretch of text that may run over many blocks."""

from __future__ import annotations

from dataclasses import dataclass

from views.chat.column import Column

Place = tuple[int, int]  # block, position in it


@dataclass
class Selection:
    """From `anchor`, where it began, to `end`, where it was dragged to."""

    anchor: Place = (0, 0)
    end: Place = (0, 0)

    @property
    def is_empty(self) -> bool:
        return self.anchor == self.end

    def start_at(self, place: Place) -> None:
        self.anchor = self.end = place

    def range_in(self, block: int, length: int) -> tuple[int, int] | None:
        """The selected positions of a block, None if it has none."""
        first, last = sorted((self.anchor, self.end))
        if self.is_empty or not first[0] <= block <= last[0]:
            return None
        start = first[1] if block == first[0] else 0
        end = last[1] if block == last[0] else length
        return start, end

    def text(self, column: Column) -> str:
        """The selected characters; blocks apart by an empty line, items of a list by a line's end."""
        first, last = sorted((self.anchor, self.end))
        parts: list[str] = []
        for index in range(first[0], min(last[0] + 1, len(column.blocks))):
            laid = column.laid(index)
            found = self.range_in(index, laid.length)
            if found is None:
                continue
            if parts:
                block = column.blocks[index]
                parts.append("" if block.joined else "\n" if block.tight else "\n\n")
            parts.append(laid.text(*found))
        return "".join(parts)
