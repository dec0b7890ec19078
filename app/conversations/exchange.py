"""Conversations in files: Markdown to read, JSON to keep. Made to be done on any thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from app.atomic import replacing
from app.conversations.exchange_json import Talk, from_json, to_json
from app.conversations.exchange_markdown import from_markdown, to_markdown
from app.conversations.json_stream import Tick
from app.conversations.records import Conversation, ExchangeError, title_of
from app.conversations.tree import Tree
from gpu.errors import FormatError

MARKDOWN, JSON = ".md", ".json"
MOST_BYTES = 64 * 2**20
_PIECE_CHARACTERS = 2**20
_UNSAFE = '<>:"/\\|?*'


def write_file(path: Path, talks: Iterable[Talk]) -> None:
    """Write conversations, as what the name ends in says: .md holds the branch on show of one.

    Raises:
        FormatError: the file cannot be written; what was there before still is.
    """
    markdown = path.suffix.lower() == MARKDOWN
    with (
        replacing(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="replace", newline="") as file,
    ):
        file.writelines(_branch(talks) if markdown else to_json(talks))


def read_file(path: Path, tick: Tick = lambda _: None) -> tuple[Talk, ...]:
    """What an exported file holds, with the ids it has there.

    Raises:
        FormatError: it is none of ours.
    """
    try:
        text = _read(path)
        return (_from_markdown(text),) if path.suffix.lower() == MARKDOWN else from_json(text, tick)
    except ExchangeError as error:
        raise FormatError(path, f"this cannot be imported: {error}.") from error


def file_name(conversation: Conversation, suffix: str) -> str:
    """What to call the file of a conversation on any system."""
    title = "".join(c for c in title_of(conversation.title) if c.isprintable() and c not in _UNSAFE)
    return (title.strip(" .…") or "conversation") + suffix


def _branch(talks: Iterable[Talk]) -> Iterator[str]:
    for talk, messages in talks:
        tree = Tree(messages)
        yield to_markdown(talk, tree.path(talk.leaf if talk.leaf in tree else tree.newest_leaf()))


def _from_markdown(text: str) -> Talk:
    edited = text.count("\n") == text.count("\r\n")  # an editor has changed every end of line
    return from_markdown(text.replace("\r\n", "\n") if edited else text)


def _read(path: Path) -> str:
    try:
        if not path.is_file():
            raise ExchangeError("it is no file" if path.exists() else "there is no such file")
        if path.stat().st_size > MOST_BYTES:
            raise ExchangeError(f"it is larger than {MOST_BYTES >> 20} MiB")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return "".join(iter(lambda: file.read(_PIECE_CHARACTERS), ""))
    except OSError as error:
        raise ExchangeError(f"it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ExchangeError("it is no text") from error
