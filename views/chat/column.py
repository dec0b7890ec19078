"""The blocks of one message below each other: those nobody has seen yet have an estimated height."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from operator import add

from views.chat.blocks import CODE_HEAD, LaidBlock
from views.chat.spans import Block
from views.chat.style import TextStyle


class Column:
    """Lays out what is asked for and keeps it; `height` becomes exact as more is laid out."""

    def __init__(self, style: TextStyle, width: float) -> None:
        self._style = style
        self._width = width
        self.blocks: list[Block] = []
        self._laid: list[LaidBlock | None] = []
        self._heights: list[float] = []
        self._gaps: list[float] = []
        self._tops: list[float] = [0.0]  # as many as are known, from the first on
        self._unlaid = 0

    @property
    def height(self) -> float:
        return self._current_tops()[-1]

    @property
    def pending(self) -> bool:
        """Whether some heights are still estimates."""
        return self._unlaid > 0

    def set_blocks(self, blocks: Sequence[Block], unchanged: int = 0) -> None:
        """Show `blocks`, of which the first `unchanged` are known to be as they were."""
        kept = _common(self.blocks, blocks, unchanged)
        self._unlaid -= self._laid[kept:].count(None)
        del self.blocks[kept:], self._laid[kept:], self._heights[kept:], self._gaps[kept:]
        for block in blocks[kept:]:
            self._gaps.append(self._gap(self.blocks[-1] if self.blocks else None, block))
            self.blocks.append(block)
            self._laid.append(None)
            self._heights.append(self._estimate(block))
            self._unlaid += 1
        del self._tops[kept + 1 :]

    def set_width(self, width: float) -> None:
        """Lay everything out anew, in time; today's heights are the estimates."""
        if width != self._width:
            self._width = width
            self._forget()

    def set_style(self, style: TextStyle) -> None:
        self._style = style
        self._forget()

    def laid(self, index: int) -> LaidBlock:
        """A block, laid out if it was not."""
        found = self._laid[index]
        if found is None:
            found = self._laid[index] = LaidBlock(self.blocks[index], self._width, self._style)
            self._unlaid -= 1
            if found.height != self._heights[index]:
                self._heights[index] = found.height
                del self._tops[index + 1 :]
        return found

    def lay_out(self, top: float, bottom: float) -> None:
        """Make sure that what lies between is laid out."""
        index = self.index_at(top)
        while index < len(self.blocks) and self.top(index) < bottom:
            self.laid(index)
            index += 1

    def lay_some(self, seconds: float) -> None:
        """Lay out blocks from the top until the time is over."""
        end = time.perf_counter() + seconds
        for index, found in enumerate(self._laid):
            if found is None:
                self.laid(index)
                if time.perf_counter() > end:
                    return

    def top(self, index: int) -> float:
        """Where the content of a block begins."""
        return self._current_tops()[index] + self._gaps[index]

    def index_at(self, y: float) -> int:
        """The block at a height, the gap above it included; the nearest one beyond the ends."""
        found = bisect_right(self._current_tops(), y) - 1
        return max(0, min(found, len(self.blocks) - 1))

    def between(self, top: float, bottom: float) -> Iterator[tuple[int, LaidBlock]]:
        """The blocks that are laid out and touch a stretch."""
        for index in range(self.index_at(top), len(self.blocks)):
            if self.top(index) > bottom:
                return
            found = self._laid[index]
            if found is not None:
                yield index, found

    def take_apart(self) -> list[object]:
        """Give away what is held of every block, and be empty."""
        parts: list[object] = list(zip(self.blocks, self._laid, strict=True))
        self.set_blocks(())
        return parts

    def _forget(self) -> None:
        self._laid = [None] * len(self.blocks)
        self._unlaid = len(self.blocks)

    def _current_tops(self) -> list[float]:
        """Where each block begins, and where the last one ends; only what changed is added up again."""
        known = len(self._tops) - 1
        if known < len(self.blocks):
            added = map(add, self._heights[known:], self._gaps[known:])
            self._tops += islice(accumulate(added, initial=self._tops[-1]), 1, None)
        return self._tops

    def _gap(self, before: Block | None, block: Block) -> float:
        """The air above a block."""
        if before is None or block.joined:
            return 0.0
        if block.kind == "heading":
            return round(1.3 * self._style.em)
        in_list = block.tight and before.kind == "paragraph"
        return round((0.3 if in_list else 0.75) * self._style.em)

    def _estimate(self, block: Block) -> float:
        wide = max(1.0, self._width / self._style.letter)
        rows = block.plain().split("\n")
        lines = sum(1 + len(row) // wide for row in rows)
        head = CODE_HEAD if block.kind == "code" and not block.joined else 0
        return float(round(lines * 1.25 * self._style.line + head))


def _common(old: Sequence[Block], new: Sequence[Block], unchanged: int) -> int:
    """How many blocks at the start are equal, the first `unchanged` being known to be."""
    shared = min(len(old), len(new))
    at = min(unchanged, shared)
    while at < shared and old[at] == new[at]:
        at += 1
    return at
