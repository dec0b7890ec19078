"""markdown-it's tokens to a flat list of blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from views.chat.clean import unambiguous
from views.chat.spans import LINE_BREAK, Block, Span, Spans

_BULLETS = "•◦▪"
_TASKS = {"[ ] ": "☐", "[x] ": "☑", "[X] ": "☑"}
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)  # the one piece of HTML that models put into tables
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]+[^\s<>\"'`.,:;!?)\]}*_]")
_STYLES = {"strong": "bold", "em": "italic", "s": "struck"}
_FORMULAS = ("math_inline", "math_inline_double")


@dataclass
class _List:
    ordered: bool
    number: int


def flatten(tokens: Sequence[Token], starts: Sequence[int] = ()) -> list[Block]:
    """The blocks in reading order. `starts` says where the lines begin, and where the last one ends."""
    return [block for block in _Flattener(starts).walk(tokens) if not _is_empty(block)]


def _is_empty(block: Block) -> bool:
    return block.kind in ("paragraph", "heading") and not block.spans and not block.marker


@dataclass
class _Flattener:
    starts: Sequence[int] = ()
    nesting: str = ""
    marker: str = ""
    lists: list[_List] = field(default_factory=list)

    def walk(self, tokens: Sequence[Token]) -> Iterator[Block]:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "table_open":
                end = _closing(tokens, index)
                yield self._placed(self._table(tokens[index:end]), token)
                index = end
            elif token.type == "inline":
                yield self._placed(self._text(token, tokens[index - 1]), token)
            elif token.type in ("fence", "code_block", "math_block", "math_block_label", "hr"):
                yield self._placed(self._leaf(token), token)
            else:
                yield from self._container(token)
            index += 1

    def _placed(self, block: Block, token: Token) -> Block:
        if not token.map or not self.starts:
            return block
        first, end = (min(line, len(self.starts) - 1) for line in token.map)
        return replace(block, source=(self.starts[first], self.starts[end]))

    def _container(self, token: Token) -> Iterator[Block]:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            yield from self._unused_marker()
            self.nesting += "l"
            self.lists.append(_List(token.tag == "ol", int(token.attrGet("start") or 1)))
        elif token.type == "blockquote_open":
            self.nesting += "q"
        elif token.type == "list_item_open":
            self.marker = self._next_marker()
        elif token.type == "list_item_close":
            yield from self._unused_marker()
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
            self.nesting = self.nesting[:-1]
        elif token.type == "blockquote_close":
            self.nesting = self.nesting[:-1]

    def _unused_marker(self) -> Iterator[Block]:
        """An item that begins with another list, or with nothing, still shows its marker."""
        if self.marker:
            yield self._with_marker(Block("paragraph", nesting=self.nesting, tight=True))

    def _next_marker(self) -> str:
        current = self.lists[-1]
        if not current.ordered:
            return _BULLETS[min(len(self.lists), len(_BULLETS)) - 1]
        current.number += 1
        return f"{current.number - 1}."

    def _with_marker(self, block: Block) -> Block:
        marker, self.marker = self.marker, ""
        return replace(block, marker=marker) if marker else block

    def _text(self, token: Token, opening: Token) -> Block:
        spans = spans_of(token.children or ())
        if self.marker and spans and (task := _TASKS.get(spans[0].text[:4])):
            self.marker = task
            spans = (replace(spans[0], text=spans[0].text[4:]), *spans[1:])
        if len(spans) == 1 and token.children and token.children[0].type == "math_inline_double":
            return self._with_marker(Block("formula", text=spans[0].text, nesting=self.nesting))
        if opening.type == "heading_open":
            return self._with_marker(Block("heading", spans, int(opening.tag[1]), self.nesting))
        return self._with_marker(Block("paragraph", spans, nesting=self.nesting, tight=opening.hidden))

    def _leaf(self, token: Token) -> Block:
        if token.type == "hr":
            return self._with_marker(Block("rule", nesting=self.nesting))
        if token.type.startswith("math"):
            return self._with_marker(Block("formula", text=token.content.strip(), nesting=self.nesting))
        words = token.info.split()
        code = unambiguous(token.content.removesuffix("\n"))
        language = words[0].strip("{}.").lower() if words else ""
        return self._with_marker(Block("code", text=code, language=language, nesting=self.nesting))

    def _table(self, tokens: Sequence[Token]) -> Block:
        rows: list[tuple[Spans, ...]] = []
        cells: list[Spans] = []
        alignments: list[str] = []
        for token in tokens:
            if token.type == "th_open":
                alignments.append(str(token.attrGet("style") or "").removeprefix("text-align:"))
            elif token.type == "inline":
                cells.append(spans_of(token.children or ()))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
        table = Block("table", nesting=self.nesting, rows=tuple(rows), alignments=tuple(alignments))
        return self._with_marker(table)


def _closing(tokens: Sequence[Token], opening: int) -> int:
    kind = tokens[opening].type.replace("_open", "_close")
    return next((i for i in range(opening, len(tokens)) if tokens[i].type == kind), len(tokens) - 1)


def spans_of(tokens: Sequence[Token]) -> Spans:
    """The inline tokens of one block; neighbours in one style are one span."""
    result: list[Span] = []
    for span in _styled(tokens):
        if result and not span.formula and replace(result[-1], text="") == replace(span, text=""):
            result[-1] = replace(span, text=result[-1].text + span.text)
        elif span.text:
            result.append(span)
    return tuple(result)


def _styled(tokens: Sequence[Token]) -> Iterator[Span]:
    style = Span("")
    for token in tokens:
        kind, _, end = token.type.rpartition("_")
        if token.type in ("softbreak", "hardbreak"):
            yield replace(style, text=LINE_BREAK)
        elif kind in _STYLES:
            style = _switched(style, _STYLES[kind], end == "open")
        elif kind == "link":
            style = replace(style, link=str(token.attrGet("href") or "") if end == "open" else "")
        elif token.type == "image":
            yield _picture(style, token)
        elif token.type in _FORMULAS:
            yield replace(style, text=token.content.strip(), formula=True)
        elif token.type == "code_inline":
            yield replace(style, text=unambiguous(token.content), code=True)
        elif token.content:
            yield from _with_links(replace(style, text=_BREAK.sub(LINE_BREAK, token.content)))


def _switched(style: Span, name: str, on: bool) -> Span:
    if name == "bold":
        return replace(style, bold=on)
    return replace(style, italic=on) if name == "italic" else replace(style, struck=on)


def _picture(style: Span, token: Token) -> Span:
    """A picture is named, never fetched: its address is behind a link."""
    alt = token.content or "picture"
    return replace(style, text=f"[{alt}]", link=str(token.attrGet("src") or ""))


def _with_links(span: Span) -> Iterator[Span]:
    """Bare addresses are links, too."""
    if span.link:
        yield span
        return
    at = 0
    for found in _ADDRESS.finditer(span.text):
        yield replace(span, text=span.text[at : found.start()])
        yield replace(span, text=found[0], link=found[0])
        at = found.end()
    yield replace(span, text=span.text[at:])
