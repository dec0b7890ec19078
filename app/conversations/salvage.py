"""What can still be read of a damaged database: often all but a page."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from app.conversations.exchange_json import is_sound
from app.conversations.records import Conversation, Message
from app.conversations.rows import conversation_of, message_of
from app.conversations.store import Batch, Store, readable

_Record = TypeVar("_Record", Conversation, Message)
_AT_ONCE = 200


def salvage(path: Path, store: Store) -> int:
    """Copy what is whole in a database, which stays as it is; how many conversations that are.

    Raises:
        StoreError: it cannot be written.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        connection.text_factory = readable
        talks = _records(connection, "conversation", conversation_of)
        messages = _records(connection, "message", message_of)
    store.save(Batch(tuple(talks.values())))
    known = [message for message in messages.values() if message.conversation in talks]
    for start in range(0, len(known), _AT_ONCE):
        store.save(Batch(messages=tuple(known[start : start + _AT_ONCE])))
    return sum(talk.deleted_ms is None for talk in talks.values())


def _records(
    connection: sqlite3.Connection, table: str, read: Callable[[sqlite3.Row], _Record]
) -> dict[int, _Record]:
    """What can be read from the front up to a damaged page, and from the back down to one."""
    found: dict[int, _Record] = {}
    for order in ("ASC", "DESC"):
        for row in _rows(connection, f"SELECT * FROM {table} ORDER BY rowid {order}"):
            record = _record(row, read)
            if record is not None:
                found.setdefault(record.id, record)
    return found


def _rows(connection: sqlite3.Connection, statement: str) -> Iterator[sqlite3.Row]:
    try:
        yield from connection.execute(statement)
    except (sqlite3.Error, OverflowError, UnicodeDecodeError):
        return  # there is no way on from here


def _record(row: sqlite3.Row, read: Callable[[sqlite3.Row], _Record]) -> _Record | None:
    """None where damage has left something else than a record."""
    try:
        record = read(row)
    except (TypeError, ValueError):
        return None
    return record if is_sound(record) else None
