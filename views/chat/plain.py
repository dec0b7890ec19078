"""Plain text as blocks, in pieces that are each laid out quickly."""

from __future__ import annotations

from collections.abc import Iterator

from views.chat.clean import readable
from views.chat.spans import Block

_LONGEST = 2000


def plain_blocks(text: str) -> list[Block]:
    """`text` as it was typed: pieces of whole lines, of parts of lines that are very long."""
    return [
        Block("plain", text=piece, joined=index > 0) for index, piece in enumerate(_pieces(readable(text)))
    ]


def _pieces(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = min(len(text), at + _LONGEST)
        if end < len(text):
            line = text.rfind("\n", at, end) + 1
            word = text.rfind(" ", at, end) + 1
            end = line or word or end
        yield text[at:end].removesuffix("\n") if end < len(text) else text[at:end]
        at = end
