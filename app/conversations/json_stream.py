"""JSON read a piece at a time: a long document does not keep the other threads waiting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Tick = Callable[[float], None]
_BLANK = re.compile(r"[ \t\n\r]*")
_OPENED = 4  # levels: the document, its conversations, one of them, its messages


def loads(text: str, tick: Tick = lambda _: None) -> Any:
    """What `json.loads` gives. `tick` is told how much of the text was read, from 0 to 1, and may raise.

    Raises:
        ValueError: the text is no JSON.
        RecursionError: it is nested too deeply.
    """
    reader = _Reader(text, tick)
    value, at = reader.value(0, _OPENED)
    if reader.skip(at) != len(text):
        raise ValueError("There is more after the end.")
    return value


class _Reader:
    """Opens the outer levels itself; each value below is read by the json module in one go."""

    def __init__(self, text: str, tick: Tick) -> None:
        self._text, self._tick = text, tick
        self._decode = json.JSONDecoder().raw_decode

    def skip(self, at: int) -> int:
        """Where the next character that is no blank stands."""
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    def value(self, at: int, levels: int) -> tuple[Any, int]:
        """The value at a place, and where it ends."""
        at = self.skip(at)
        opening = self._text[at : at + 1]
        if not levels or opening not in ("{", "["):
            return self._decode(self._text, at)
        if opening == "[":
            values: list[Any] = []
            return values, self._members(at, "]", lambda at: self._item(at, levels - 1, values))
        fields: dict[str, Any] = {}
        return fields, self._members(at, "}", lambda at: self._field(at, levels - 1, fields))

    def _members(self, at: int, closing: str, read: Callable[[int], int]) -> int:
        """`read` each member of a list or object that opens at a place; where it ends."""
        at = self.skip(at + 1)
        if self._text[at : at + 1] == closing:
            return at + 1
        while True:
            self._tick(at / len(self._text))
            at = self.skip(read(at))
            if self._text[at : at + 1] == closing:
                return at + 1
            at = self.skip(self._expect(",", at))

    def _item(self, at: int, levels: int, values: list[Any]) -> int:
        value, at = self.value(at, levels)
        values.append(value)
        return at

    def _field(self, at: int, levels: int, fields: dict[str, Any]) -> int:
        self._expect('"', at)
        name, at = self._decode(self._text, at)
        fields[name], at = self.value(self._expect(":", self.skip(at)), levels)
        return at

    def _expect(self, sign: str, at: int) -> int:
        if self._text[at : at + 1] != sign:
            raise ValueError(f"There should be a {sign} at character {at:,}.")
        return at + 1
