"""How many tokens a text that goes along with a message has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.attachments import Attachment

if TYPE_CHECKING:
    from app.engine_desk import Desk

PIECE = 65_536  # characters between two looks at the cancel flag
Cancel = Callable[[], bool]


@dataclass(frozen=True)
class Counted:
    """`tokens` None where the count was interrupted."""

    attachment: Attachment
    tokens: int | None


def counting(attachment: Attachment) -> Callable[[Desk, Cancel], None]:
    """The task that counts one attachment; pieces end with a line, so that few tokens are cut in two."""

    def task(desk: Desk, cancel: Cancel) -> None:
        codec, tokens = desk.opened.files.codec, 0
        for piece in pieces(attachment.text):
            if cancel():
                desk.post(Counted(attachment, None))
                return
            tokens += len(codec.encode(piece))
        desk.post(Counted(attachment, tokens))

    return task


def pieces(text: str) -> Iterator[str]:
    """`text` in parts of at most `PIECE` characters, cut after a line where there is one."""
    at = 0
    while at < len(text):
        end = at + PIECE
        line = text.rfind("\n", at, end) + 1 if end < len(text) else 0
        yield text[at : line or end]
        at = line or end
