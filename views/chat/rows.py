"""The rows of a transcript: heights, places, and how messages of a new frame match the rows there are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from views.chat.message import MessageView
from views.chat.style import TextStyle
from views.frames import MessageFrame

GAP = 4
_CHROME = 60  # what a message has besides its text
_TYPICAL_WIDTH = 700
_GUESSED_FROM = 4096  # characters of a text whose lines are counted
_NEAR = 4  # messages made ready on either side


@dataclass(eq=False)
class Row:
    """A message, its widget if it has one, how tall it is or is thought to be, and its place from the top."""

    frame: MessageFrame
    height: int
    place: int = 0
    widget: MessageView | None = None


@dataclass(frozen=True)
class Anchor:
    """A place in a message that stays where it is while heights change: a block of its text, or a height."""

    row: int = 0
    block: int | None = None
    offset: int = 0


class Rows:
    """Messages from the top down."""

    def __init__(self, style: TextStyle) -> None:
        self.rows: list[Row] = []
        self._style = style
        self._tops = [0]  # as many as are known, from the first on

    @property
    def height(self) -> int:
        return max(0, self._all_tops()[-1] - GAP)

    def set_style(self, style: TextStyle) -> None:
        self._style = style

    def set_messages(self, messages: Sequence[MessageFrame]) -> list[Row]:
        """Rows for `messages`; returns those that are gone, whose widgets are to be dropped."""
        kept = 0
        for row, frame in zip(self.rows, messages, strict=False):
            if not same_message(row.frame, frame):
                break
            row.frame = frame
            kept += 1
        gone = self.rows[kept:]
        if gone or kept < len(messages):
            fresh = enumerate(messages[kept:], kept)
            self.rows[kept:] = [Row(frame, self._guess(frame), place) for place, frame in fresh]
            del self._tops[kept + 1 :]
        return gone

    def set_height(self, row: Row, height: int) -> bool:
        """Whether that is news."""
        if row.height == height:
            return False
        row.height = height
        del self._tops[row.place + 1 :]
        return True

    def top(self, row: Row) -> int:
        return self._all_tops()[row.place]

    def between(self, top: int, bottom: int) -> tuple[int, int]:
        """The first and the last row of a stretch; the last is before the first where there is none."""
        if not self.rows:
            return 0, -1
        return self._at(top), self._at(bottom)

    def place_of(self, key: int) -> int:
        """Which row a message has; the first where there is no such message."""
        return next((place for place, row in enumerate(self.rows) if row.frame.key == key), 0)

    def anchor_at(self, y: int) -> Anchor:
        """What is at a height."""
        if not self.rows:
            return Anchor()
        index = self._at(y)
        inside = y - self._all_tops()[index]
        widget = self.rows[index].widget
        if widget is None or not widget.body.column.blocks or inside < widget.body.y():
            return Anchor(index, None, inside)
        column, start = widget.body.column, _body_top(widget)
        block = column.index_at(inside - start)
        return Anchor(index, block, round(inside - start - column.top(block)))

    def y_of(self, anchor: Anchor) -> int:
        """Where an anchor is now."""
        if anchor.row >= len(self.rows):
            return self.height
        top = self._all_tops()[anchor.row]
        widget = self.rows[anchor.row].widget
        if anchor.block is None or widget is None or anchor.block >= len(widget.body.column.blocks):
            return top + anchor.offset
        return round(top + _body_top(widget) + widget.body.column.top(anchor.block) + anchor.offset)

    def nearest_missing(self, index: int) -> Row | None:
        """A row near `index` that has no widget yet."""
        near = self.rows[max(0, index - _NEAR) : index + _NEAR + 1]
        return next((row for row in near if row.widget is None), None)

    def farthest(self, index: int, most: int) -> list[Row]:
        """Rows whose widgets can go so that `most` are left."""
        made = [(abs(i - index), row) for i, row in enumerate(self.rows) if row.widget is not None]
        idle = sorted((away for away in made if not _is_in_use(away[1])), key=lambda away: -away[0])
        return [row for _, row in idle[: max(0, len(made) - most)]]

    def _at(self, y: int) -> int:
        return max(0, min(len(self.rows) - 1, bisect_right(self._all_tops(), y) - 1))

    def _all_tops(self) -> list[int]:
        """Where each row begins, and one after the last would; what is known is not added up again."""
        for place in range(len(self._tops) - 1, len(self.rows)):
            self._tops.append(self._tops[-1] + self.rows[place].height + GAP)
        return self._tops

    def _guess(self, frame: MessageFrame) -> int:
        letters = _TYPICAL_WIDTH / self._style.letter
        beginning = frame.text[:_GUESSED_FROM]
        breaks = beginning.count("\n") * len(frame.text) / max(1, len(beginning))
        lines = breaks + len(frame.text) / letters
        return int(_CHROME + 1.3 * self._style.line * (lines if frame.role != "user" else min(20, lines)))


def same_message(old: MessageFrame, new: MessageFrame) -> bool:
    """Whether `new` is what became of `old`. Without keys: the same words, or more of them."""
    if old.role != new.role or old.key != new.key:
        return False
    return bool(new.key) or old.state == "streaming" or new.text.startswith(old.text)


def _is_in_use(row: Row) -> bool:
    return row.widget is not None and row.widget.is_in_use


def _body_top(widget: MessageView) -> int:
    return widget.body.mapTo(widget, widget.body.rect().topLeft()).y()
