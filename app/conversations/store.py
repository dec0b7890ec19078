"""The database: whole records in and out. Every failure is a StoreError of one sentence."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec, TypeVar

from app.conversations.database_file import DatabaseFile
from app.conversations.records import Conversation, Message, StoreError
from app.conversations.rows import (
    CONVERSATION_COLUMNS,
    MESSAGE_COLUMNS,
    conversation_of,
    message_of,
    upsert,
    values_of,
)

LARGEST_ID = 2**31 - 1  # a signal of Qt carries no larger int
LARGEST_MS = 2**62
_MOST_AT_ONCE = 200
_INDEX_DAMAGE = ("SQLITE_CORRUPT_VTAB", "SQLITE_CONSTRAINT")  # the latter of FTS5's own tables
_P = ParamSpec("_P")
_T = TypeVar("_T")
_PUT_CONVERSATION = upsert("conversation", CONVERSATION_COLUMNS)
_PUT_MESSAGE = upsert("message", MESSAGE_COLUMNS)
_PUT_TRACE = upsert("trace", ("message", "data"))


@dataclass(frozen=True)
class Batch:
    """Records to write together: all of them or none. Traces are bytes by message."""

    conversations: Sequence[Conversation] = ()
    messages: Sequence[Message] = ()
    traces: Mapping[int, bytes] = field(default_factory=dict)


def _mending(method: Callable[_P, _T]) -> Callable[_P, _T]:
    """Once more with a new index where damage to the old one, which holds nothing of its own, was all."""

    @wraps(method)
    def mended(*values: _P.args, **named: _P.kwargs) -> _T:
        try:
            return method(*values, **named)
        except StoreError as error:
            if getattr(error.__cause__, "sqlite_errorname", "") not in _INDEX_DAMAGE:
                raise
        store = values[0]
        if isinstance(store, Store):
            store.mend_index()
        return method(*values, **named)

    return mended


class Store:
    """Reads on one connection and writes on another, which another thread may use: in WAL mode neither waits.

    They may be the same connection, as in memory they must. Made by app.conversations.opening.
    """

    def __init__(
        self, reader: sqlite3.Connection, writer: sqlite3.Connection, file: DatabaseFile | None = None
    ) -> None:
        self._reader, self._writer, self._file = reader, writer, file or DatabaseFile()
        self._reading = threading.RLock()
        self._writing = self._reading if reader is writer else threading.RLock()
        reader.row_factory = sqlite3.Row
        reader.text_factory = readable

    @_mending
    def save(self, batch: Batch) -> None:
        """Write records, new or not, in one transaction."""
        with self._to_write() as connection:
            connection.executemany(_PUT_CONVERSATION, map(values_of, batch.conversations))
            connection.executemany(_PUT_MESSAGE, map(values_of, batch.messages))
            connection.executemany(_PUT_TRACE, batch.traces.items())

    def conversations(self) -> tuple[Conversation, ...]:
        """All of them, the one that changed last first."""
        rows = self._read("SELECT * FROM conversation WHERE deleted_ms IS NULL ORDER BY changed_ms DESC, id")
        return tuple(map(conversation_of, rows))

    def conversation(self, key: int) -> Conversation | None:
        rows = self._read("SELECT * FROM conversation WHERE id = ?", key)
        return conversation_of(rows[0]) if rows else None

    def messages(self, conversation: int) -> tuple[Message, ...]:
        """Every branch of a conversation, in the order it was written."""
        rows = self._read("SELECT * FROM message WHERE conversation = ? AND deleted_ms IS NULL", conversation)
        # Sorted here: SQLite would carry the texts along while it sorts.
        return tuple(sorted(map(message_of, rows), key=lambda message: (message.created_ms, message.id)))

    def trace(self, message: int) -> bytes | None:
        """What was kept of an answer's tokens, if anything was."""
        rows = self._read("SELECT data FROM trace WHERE message = ?", message)
        return rows[0]["data"] if rows else None

    def traced(self, conversation: int) -> tuple[int, ...]:
        """The messages of a conversation whose tokens are kept."""
        rows = self._read(
            "SELECT id FROM message JOIN trace ON trace.message = message.id "
            "WHERE conversation = ? AND data <> x''",
            conversation,
        )
        return tuple(row["id"] for row in rows)

    def fresh_ids(self, table: str, count: int = 1) -> list[int]:
        """Ids that no "message" or "conversation" has. Drawn, not counted: two windows may be open."""
        found: set[int] = set()
        while len(found) < count:
            drawn = random_ids(min(_MOST_AT_ONCE, count - len(found))) - found
            places = ", ".join("?" * len(drawn))
            taken = self._read(f"SELECT id FROM {table} WHERE id IN ({places})", *drawn)
            found |= drawn - {row["id"] for row in taken}
        return list(found)

    def reveal(self, conversations: Sequence[int]) -> None:
        """Take back that they are deleted; none of them if one is gone."""
        with self._to_write() as connection:
            statement = "UPDATE conversation SET deleted_ms = NULL WHERE id = ?"
            found = connection.executemany(statement, [(key,) for key in conversations]).rowcount
            if found < len(conversations):
                raise sqlite3.IntegrityError("another window has tidied up meanwhile; try again")

    @_mending
    def discard(self, conversation: int) -> None:
        """Delete a conversation for good, a few messages at a time so that other writers have their turn."""
        some = "SELECT id FROM message WHERE conversation = ? LIMIT ?"
        left = True
        while left:
            with self._to_write() as connection:
                keys = connection.execute(some, (conversation, _MOST_AT_ONCE)).fetchall()
                connection.executemany("DELETE FROM message WHERE id = ?", map(tuple, keys))
                left = bool(keys)
        with self._to_write() as connection:
            connection.execute("DELETE FROM conversation WHERE id = ?", (conversation,))

    @_mending
    def interrupt_streaming(self) -> tuple[int, ...]:
        """Mark the answers that were being written when the program ended; the conversations they are in."""
        with self._to_write() as connection:
            rows = connection.execute(
                "UPDATE message SET state = 'interrupted' WHERE state = 'streaming' RETURNING conversation"
            ).fetchall()
        return tuple({row[0]: None for row in rows})

    @_mending
    def purge(self, before_ms: int = LARGEST_MS) -> None:
        """Delete for good what was deleted before: nobody can undo it any more.

        No foreign keys do this: a second window may go on with what the first has purged, and must not be
        refused for it.
        """
        with self._to_write() as connection:
            connection.execute("DELETE FROM conversation WHERE deleted_ms < ?", (before_ms,))
            connection.execute(
                "DELETE FROM message WHERE deleted_ms < ? "
                "OR conversation NOT IN (SELECT id FROM conversation)",
                (before_ms,),
            )
            connection.execute("DELETE FROM trace WHERE message NOT IN (SELECT id FROM message)")

    @_mending
    def rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        """What a query of another module of this package finds."""
        return self._read(statement, *values)

    def checkpoint(self) -> None:
        """Move what the log holds into the file, as far as nobody reads it."""
        with self._to_write(transaction=False) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        with self._reading, self._writing:
            self._reader.close()
            self._writer.close()

    def mend_index(self) -> None:
        """Make the index of words anew from the messages."""
        with self._to_write() as connection:
            for table in ("message_words", "conversation_words"):
                connection.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")

    def _read(self, statement: str, *values: object) -> list[sqlite3.Row]:
        with self._reading, _stated("read"):
            return self._reader.execute(statement, values).fetchall()

    @contextmanager
    def _to_write(self, *, transaction: bool = True) -> Iterator[sqlite3.Connection]:
        with self._writing, _stated("saved"):
            self._file.check()
            if not transaction:
                yield self._writer
                return
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:  # a full disk may have ended it already
                    self._writer.execute("ROLLBACK")
                raise


def readable(data: bytes) -> str:
    """A text in the database, whatever became of some of its bytes."""
    return data.decode("utf-8", "replace")


def random_ids(count: int) -> set[int]:
    """At most so many different ids."""
    return {random.randint(1, LARGEST_ID) for _ in range(count)}


@contextmanager
def _stated(what: str) -> Iterator[None]:
    try:
        yield
    except (
        UnicodeDecodeError
    ) as error:  # SQLite quotes from a damaged page when it says what is wrong with it
        raise StoreError(f"The conversations cannot be {what}: {_DAMAGED}.") from error
    except (sqlite3.Error, OverflowError) as error:
        raise StoreError(f"The conversations cannot be {what}: {reason_of(error)}.") from error


def reason_of(error: Exception) -> str:
    """Why, and what to do about it, without SQLite's own words where a plainer one is known."""
    name = getattr(error, "sqlite_errorname", "")
    for prefix, reason in _REASONS.items():
        if name.startswith(prefix):
            return reason
    return str(error).rstrip(".") or type(error).__name__


_DAMAGED = "their database is damaged; restart to have it kept aside"
_REASONS = {
    "SQLITE_FULL": "the disk is full; free some space",
    "SQLITE_IOERR": "the disk is full or does not answer; free some space",
    "SQLITE_BUSY": "another program has locked their database; close it",
    "SQLITE_LOCKED": "another program has locked their database; close it",
    "SQLITE_READONLY": "their database may only be read; change its permissions",
    "SQLITE_CANTOPEN": "their database cannot be opened; check that its folder may be written to",
    "SQLITE_PERM": "their database may not be opened; change its permissions",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_TOOBIG": "a message is too long for the database",
}
