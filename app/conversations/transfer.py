"""Whole conversations in and out of the database, on any thread: all of a file or nothing of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from app.conversations.exchange import read_file, write_file
from app.conversations.exchange_json import Talk
from app.conversations.json_stream import Tick
from app.conversations.recorder import Recorder
from app.conversations.records import Conversation, Message, StoreError
from app.conversations.store import Batch, Store

_BATCH_CHARACTERS, _BATCH_MESSAGES = 1 << 18, 200  # so few at a time that an answer is still written in time
_READING = 0.4  # of the time that an import takes


def messages_of(store: Store, recorder: Recorder, conversation: int) -> tuple[Message, ...]:
    """Every branch of a conversation, what waits to be written included. Raises StoreError."""
    waiting = recorder.pending(conversation)  # first: what is written meanwhile is in both
    found = {message.id: message for message in (*store.messages(conversation), *waiting)}
    return tuple(message for message in found.values() if message.deleted_ms is None)


def export_file(
    store: Store, recorder: Recorder, talks: Sequence[Conversation], path: Path, tick: Tick
) -> None:
    """Write conversations to a file. `tick` is told the share that is done, and may raise.

    Raises:
        StoreError: they cannot be read.
        FormatError: the file cannot be written; what was there before still is.
    """

    def read() -> Iterator[Talk]:
        for place, talk in enumerate(talks):
            tick(place / len(talks))
            yield talk, messages_of(store, recorder, talk.id)

    write_file(path, read())


def import_file(store: Store, path: Path, now_ms: int, tick: Tick) -> tuple[Conversation, ...]:
    """Add what an exported file holds, beside what there is: all of it or nothing.

    It is written as deleted, which nobody sees and the next start would purge, and revealed at the end.
    `tick` is told the share that is done, and may raise.

    Raises:
        FormatError: it is none of ours.
        StoreError: it cannot be written.
    """
    talks = read_file(path, lambda share: tick(_READING * share))
    total = sum(map(_size, talks)) or 1
    hidden: list[Conversation] = []
    done = 0
    try:
        for talk, messages in talks:
            added, copies = _with_fresh_ids(store, talk, messages, now_ms + len(hidden))
            hidden.append(added)
            for batch in _batches(added, copies):
                store.save(batch)
                done += sum(map(_length, batch.messages))
                tick(_READING + (1 - _READING) * done / total)
        store.reveal([talk.id for talk in hidden])
    except BaseException:
        with suppress(StoreError):  # on a full disk: the next start purges them
            for talk in hidden:
                store.discard(talk.id)
        raise
    return tuple(replace(talk, deleted_ms=None) for talk in hidden)


def _with_fresh_ids(
    store: Store, talk: Conversation, messages: Sequence[Message], now_ms: int
) -> tuple[Conversation, list[Message]]:
    """The same as new records, the conversation deleted. What has no date is of now."""
    (key,) = store.fresh_ids("conversation")
    ids = dict(zip((m.id for m in messages), store.fresh_ids("message", len(messages)), strict=True))
    added = replace(
        talk,
        id=key,
        title=" ".join(talk.title.split()),
        leaf=ids.get(talk.leaf or 0),
        created_ms=talk.created_ms or now_ms,
        changed_ms=talk.changed_ms or now_ms,
        deleted_ms=now_ms,
    )
    copies = [replace(m, id=ids[m.id], conversation=key, parent=ids.get(m.parent or 0)) for m in messages]
    return added, copies


def _batches(talk: Conversation, messages: Sequence[Message]) -> Iterator[Batch]:
    """What is written at a time: the conversation first, then some messages."""
    some: list[Message] = []
    conversations: tuple[Conversation, ...] = (talk,)
    size = 0
    for message in messages:
        some.append(message)
        size += _length(message)
        if len(some) == _BATCH_MESSAGES or size > _BATCH_CHARACTERS:
            yield Batch(conversations, tuple(some))
            some, conversations, size = [], (), 0
    yield Batch(conversations, tuple(some))


def _size(talk: Talk) -> int:
    return sum(map(_length, talk[1]))


def _length(message: Message) -> int:
    return len(message.text) + len(message.reasoning) + sum(len(one.text) for one in message.attachments) + 1
