"""What a message is made of once its Markdown is read: blocks of spans, without Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["paragraph", "heading", "code", "table", "formula", "rule", "plain"]
LINE_BREAK = "\u2028"


@dataclass(frozen=True)
class Span:
    """Text in one style. `formula` means that `text` is LaTeX."""

    text: str
    bold: bool = False
    italic: bool = False
    struck: bool = False
    code: bool = False
    link: str = ""
    formula: bool = False


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Block:
    """One block that is laid out by itself; containers are flattened into `nesting`.

    `nesting` holds one letter a container, outermost first: "l" a list, "q" a quotation. `marker` is drawn in
    the gutter of the innermost list. `joined`: it goes on where the block before was cut for its length.
    `text` is the source of code, of a formula or of plain text. `source` is where in the answer it was
    written, from its first character to behind its last line; a block moved is the same block.
    """

    kind: BlockKind
    spans: Spans = ()
    level: int = 0
    nesting: str = ""
    marker: str = ""
    text: str = ""
    language: str = ""
    rows: tuple[tuple[Spans, ...], ...] = ()
    alignments: tuple[str, ...] = ()
    tight: bool = False
    joined: bool = False
    source: tuple[int, int] = field(default=(0, 0), compare=False)

    def plain(self) -> str:
        """Its text without styles, for screen readers and estimates."""
        if self.kind == "table":
            return "\n".join("\t".join(_plain(cell) for cell in row) for row in self.rows)
        return self.text or _plain(self.spans)


def _plain(spans: Spans) -> str:
    return "".join(span.text for span in spans)
