"""Records as rows of the tables, and back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, fields
from typing import Any

from app.attachments import Attachment
from app.conversations.records import Conversation, Message
from gpu.errors import RequestError
from gpu.sampling import Sampling

CONVERSATION_COLUMNS = tuple(field.name for field in fields(Conversation))
MESSAGE_COLUMNS = tuple(field.name for field in fields(Message))


def upsert(table: str, columns: tuple[str, ...]) -> str:
    """A statement that writes a whole row, new or not. (REPLACE would delete the old one first.)"""
    names = ", ".join(columns)
    places = ", ".join("?" * len(columns))
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    return (
        f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT ({columns[0]}) DO UPDATE SET {changes}"
    )


def values_of(record: Conversation | Message) -> tuple[Any, ...]:
    """The columns of a record; text that UTF-8 cannot hold (half a surrogate pair) is replaced."""
    return tuple(_column(getattr(record, field.name)) for field in fields(record))


def conversation_of(row: sqlite3.Row) -> Conversation:
    values = dict(row)
    values.update(
        pinned=bool(row["pinned"]), thinking=bool(row["thinking"]), sampling=sampling_of(row["sampling"])
    )
    return Conversation(**values)


def message_of(row: sqlite3.Row) -> Message:
    values = dict(row)
    values.update(
        sampling=sampling_of(row["sampling"]),
        attachments=attachments_of(row["attachments"]),
        thinking=None if row["thinking"] is None else bool(row["thinking"]),
    )
    return Message(**values)


def sampling_of(text: str | None) -> Sampling | None:
    """What a row says of sampling; nothing where another version wrote what this one cannot read."""
    if text is None:
        return None
    try:
        return Sampling(**json.loads(text))
    except (TypeError, ValueError, RequestError):
        return None


def attachments_of(text: str | None) -> tuple[Attachment, ...]:
    """The texts that go along with a message; none where another version wrote what this one cannot read."""
    if not text:
        return ()
    try:
        return tuple(Attachment(**fields) for fields in json.loads(text))
    except (TypeError, ValueError):
        return ()


def _column(value: Any) -> Any:
    if isinstance(value, Sampling):
        return json.dumps(asdict(value))
    if isinstance(value, tuple):
        return json.dumps([asdict(each) for each in value]) if value else None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return value
