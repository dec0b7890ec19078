"""Markdown to blocks, as the text arrives: what can no longer change is not read again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from views.chat.clean import readable
from views.chat.flatten import flatten
from views.chat.math_rules import bracket_math
from views.chat.spans import Block

LONGEST = 4096  # characters read in one step, and so the longest block that is laid out in one piece
_DEFINITION = re.compile(
    r"^ {0,3}\[(?!\^)([^\]\n]+)\]:[ \t]*<?([^\s<>]+)>?[ \t]*(?:[\"'(].*)?$",
    re.MULTILINE,  # "[^" begins a footnote
)
_ITEM = re.compile(r"\n(?=(?:[-*+]|\d{1,9}[.)]) )")


def reader() -> MarkdownIt:
    """CommonMark with tables, strikethrough and LaTeX; HTML is text like any other."""
    md = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    md.use(
        dollarmath_plugin, allow_space=False, allow_digits=False, allow_blank_lines=False, double_inline=True
    )
    md.use(bracket_math)
    return md


class MarkdownStream:
    """The blocks of a text that grows at its end.

    `settled` only gains blocks for as long as `generation` stays the same; `tail` is what the last step made
    of the rest. A step reads at most `LONGEST` characters, so that none takes long.
    """

    def __init__(self) -> None:
        self._md = reader()
        self._raw = self._text = ""
        self.generation = 0
        self.settled: list[Block] = []
        self.tail: list[Block] = []
        self._addresses: dict[str, Any] = {}
        self._defined: dict[str, Any] = {}  # in the whole lines before `_searched`
        self._searched = 0
        self._restart()

    def set_text(self, text: str) -> None:
        """Say what the whole text is now."""
        grows = text.startswith(self._raw)
        self._text = self._text + readable(text[len(self._raw) :]) if grows else readable(text)
        if not grows:
            self._defined, self._searched = {}, 0
        addresses = self._find_addresses()
        if not grows or addresses != self._addresses:
            self._addresses = addresses
            self._restart()
        elif len(text) > len(self._raw):
            self._done = False
        self._raw = text

    @property
    def text(self) -> str:
        """The whole text as it is read: what `Block.source` counts in."""
        return self._text

    @property
    def done(self) -> bool:
        """Whether every character has been read."""
        return self._done

    def step(self) -> None:
        """Read on. Afterwards `tail` is current if `done`, and empty otherwise."""
        chunk = self._text[self._start : self._start + LONGEST]
        last = self._start + len(chunk) == len(self._text)
        source = self._source = self._opening + chunk
        tokens = self._parse(source)
        line, count = _boundary(tokens, source)
        if count:
            self._settle(tokens[:count], _offset(source, line))
        elif last:
            self.tail, self._done = self._blocks(tokens), True
        else:
            self._settle_part(tokens, source)

    def _restart(self) -> None:
        self.generation += 1
        self._start = 0
        self._opening = ""
        self._source = ""
        self._joined = False
        self._done = False
        self.settled = []
        self.tail = []

    def _settle(self, tokens: Sequence[Token], offset: int) -> None:
        self.settled += self._blocks(tokens)
        self.tail = []
        self._start += offset - len(self._opening)
        self._opening, self._joined = "", False

    def _settle_part(self, tokens: Sequence[Token], source: str) -> None:
        """One block is longer than a step: cut it where that hurts least."""
        if _is_whole_code(tokens, source):
            self._settle(tokens, len(source))
            return
        opening = _opening_of(tokens, source)
        offset = _last_line(source, len(opening)) if opening else _last_item_or_word(source)
        self._settle(self._parse(source[:offset]), offset)
        self._opening, self._joined = opening, True

    def _parse(self, source: str) -> list[Token]:
        return self._md.parse(source, {"references": dict(self._addresses)})

    def _find_addresses(self) -> dict[str, Any]:
        """Addresses defined apart from their links, often at the end: any block may refer to them.

        A whole line is searched once; the last one may still grow.
        """
        end = self._text.rfind("\n") + 1
        self._defined = self._defined_in(self._text[self._searched : end]) | self._defined
        self._searched = end
        return self._defined_in(self._text[end:]) | self._defined

    def _defined_in(self, lines: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for label, address in _DEFINITION.findall(lines) if "]:" in lines else ():
            href = self._md.normalizeLink(address)
            if self._md.validateLink(href):
                found.setdefault(normalizeReference(label), {"href": href, "title": ""})
        return found

    def _blocks(self, tokens: Sequence[Token]) -> list[Block]:
        blocks = flatten(tokens, self._line_starts())
        if blocks and self._joined:
            blocks[0] = replace(blocks[0], joined=True)
        return blocks

    def _line_starts(self) -> list[int]:
        """Where the lines of what is read begin in the whole text; a repeated head begins where they do."""
        before = self._start - len(self._opening)
        ends = accumulate(map(len, self._source.splitlines(keepends=True)), initial=0)
        return [max(self._start, before + end) for end in ends]


def _boundary(tokens: Sequence[Token], source: str) -> tuple[int, int]:
    """The line where the last block begins that may still grow, and how many tokens come before it.

    A block that begins in a last line without its end is left out: "2" may become "2. and", an item of the
    list above.
    """
    lines = source.count("\n")
    starts = [
        (token.map[0], index)
        for index, token in enumerate(tokens)
        if token.level == 0 and token.map and token.nesting >= 0
    ]
    whole = [start for start in starts if start[0] < lines] or starts
    return whole[-1] if whole else (0, 0)


def _offset(source: str, line: int) -> int:
    at = 0
    for _ in range(line):
        at = source.index("\n", at) + 1
    return at


def _opening_of(tokens: Sequence[Token], source: str) -> str:
    """What the rest of a block has to begin with to be read as its rest: of code and tables, their head."""
    kind = tokens[0].type if tokens else ""
    head = source.split("\n", 2)
    if kind == "table_open" and len(head) == 3:
        return f"{head[0]}\n{head[1]}\n"
    return f"{head[0]}\n" if kind == "fence" else ""


def _is_whole_code(tokens: Sequence[Token], source: str) -> bool:
    """Whether the source is a block of code and the line that closes it."""
    if not tokens or tokens[0].type != "fence" or not source.endswith("\n"):
        return False
    fence, last = tokens[0].markup, source.rstrip().rpartition("\n")[2].strip()
    return last.startswith(fence) and not last.strip(fence[0])


def _last_line(source: str, opening: int) -> int:
    """After the last whole line, or the very end of one that is too long."""
    at = source.rfind("\n") + 1
    return at if at > opening else len(source)


def _last_item_or_word(source: str) -> int:
    """Before the last item of a list, after the last line or space, or the very end."""
    items = [found.end() for found in _ITEM.finditer(source)]
    if items:
        return items[-1]
    return max(source.rfind("\n"), source.rfind(" ")) + 1 or len(source)
