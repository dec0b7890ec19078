"""Conversations in files: Markdown to read, JSON to keep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.atomic import replacing
from app.conversations.archive import Archive
from app.conversations.exchange_json import from_json, to_json
from app.conversations.exchange_markdown import from_markdown, to_markdown
from app.conversations.records import Conversation, ExchangeError, title_of
from gpu.errors import FormatError

MARKDOWN, JSON = ".md", ".json"
MOST_BYTES = 64 * 2**20
_UNSAFE = '<>:"/\\|?*'


def export(archive: Archive, keys: Sequence[int], path: Path) -> None:
    """Write conversations to a file, as what its name ends in says: .md holds the branch on show of one.

    Raises:
        StoreError: they cannot be read.
        FormatError: the file cannot be written.
    """
    talks = [(archive.conversation(key), archive.messages(key)) for key in keys]
    if path.suffix.lower() == MARKDOWN and len(talks) == 1:
        ((talk, tree),) = talks
        leaf = talk.leaf if talk.leaf in tree else tree.newest_leaf()
        text = to_markdown(talk, tree.path(leaf))
    else:
        text = to_json((talk, tuple(tree)) for talk, tree in talks)
    with replacing(path) as temporary:
        try:
            temporary.write_bytes(text.encode("utf-8", "replace"))
        except OSError as error:
            raise FormatError(path, f"cannot be written ({error.strerror}).") from error


def take_in(archive: Archive, path: Path) -> tuple[Conversation, ...]:
    """Add what an exported file holds, beside what there is. Raises FormatError if it is none of ours."""
    try:
        text = _read(path)
        talks = (from_markdown(text),) if path.suffix.lower() == MARKDOWN else from_json(text)
    except ExchangeError as error:
        raise FormatError(path, f"this cannot be imported: {error}.") from error
    return tuple(archive.add(talk, messages) for talk, messages in talks)


def file_name(conversation: Conversation, suffix: str) -> str:
    """What to call the file of a conversation on any system."""
    title = "".join(c for c in title_of(conversation.title) if c.isprintable() and c not in _UNSAFE)
    return (title.strip(" .…") or "conversation") + suffix


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ExchangeError(f"it is larger than {MOST_BYTES >> 20} MiB")
        text = path.read_bytes().decode("utf-8-sig")
        edited = text.count("\n") == text.count("\r\n")  # an editor has changed every end of line
        return text.replace("\r\n", "\n") if edited else text
    except OSError as error:
        raise ExchangeError(f"it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ExchangeError("it is no text") from error
