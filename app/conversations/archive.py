"""All conversations: the list in memory, their messages in the database, changes written behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from app.conversations.opening import Opened, is_damage, open_anew, open_in_memory, open_store
from app.conversations.recorder import Recorder
from app.conversations.records import Clock, Conversation, Message, StoreError
from app.conversations.search import Hit, search
from app.conversations.store import random_ids
from app.conversations.transfer import messages_of
from app.conversations.tree import Tree

_PATIENCE_S, _LAST_PATIENCE_S, _CLOSING_PATIENCE_S = 0.05, 1.0, 2.0
_UNDO_MS = 3_600_000  # another window may still undo what it deleted within the hour


class Archive:
    """Used from one thread. `path` None keeps everything in memory.

    `notice` is a sentence if the database could not be opened as it was; `interrupted` are the conversations
    with an answer that the end of the program cut short.
    """

    def __init__(self, path: Path | None = None, report: Callable[[str], None] = lambda _: None) -> None:
        self.interrupted: tuple[int, ...] = ()
        self.clock = Clock()
        self._take(Opened(open_in_memory()) if path is None else open_store(path))
        self._list = {conversation.id: conversation for conversation in self._begin(path)}
        self.recorder = Recorder(self.store, report)

    def conversations(self) -> tuple[Conversation, ...]:
        """What there is and is not deleted: pinned ones first, then by when they changed."""
        there = (one for one in self._list.values() if one.deleted_ms is None)
        return tuple(sorted(there, key=lambda one: (not one.pinned, -one.changed_ms)))

    def conversation(self, key: int) -> Conversation:
        return self._list[key]

    def begin(self) -> Conversation:
        """A conversation without messages; it is listed once it is `put`."""
        now_ms = self.clock.now_ms()
        return Conversation(self.fresh_id("conversation"), created_ms=now_ms, changed_ms=now_ms)

    def fresh_id(self, table: str) -> int:
        """An id of no "message" or "conversation"; most likely of none where the database cannot be read.

        The person goes on writing then, and the recorder says why nothing is saved.
        """
        try:
            return self.store.fresh_ids(table)[0]
        except StoreError:
            return random_ids(1).pop()

    def messages(self, key: int) -> Tree:
        """Every branch of a conversation, what waits to be written included. Raises StoreError."""
        return Tree(messages_of(self.store, self.recorder, key))

    def put(self, record: Conversation | Message, *, at_once: bool = True) -> None:
        """Have a record kept; a message that is being written can wait a moment."""
        if isinstance(record, Conversation):
            self._list[record.id] = record
        self.recorder.put(record, at_once=at_once)

    def unsaved(self) -> tuple[Conversation, ...]:
        """The conversations that would be lost, or lose something, if the program ended now."""
        if self._is_kept and self.recorder.drain(_LAST_PATIENCE_S):
            return ()
        unwritten = self.recorder.unwritten()
        return tuple(one for one in self.conversations() if not self._is_kept or one.id in unwritten)

    def settle(self) -> None:
        """Wait until all of it is on the disk, but not for a disk that does not answer."""
        self.recorder.drain(_PATIENCE_S)

    def rename(self, key: int, title: str) -> None:
        """An empty title leaves the old one."""
        if title.strip():
            self.put(replace(self._list[key], title=" ".join(title.split())))

    def pin(self, key: int, pinned: bool) -> None:
        self.put(replace(self._list[key], pinned=pinned))

    def delete(self, key: int) -> None:
        """Off the list; gone for good when the program ends, unless it is restored."""
        self.put(replace(self._list[key], deleted_ms=self.clock.now_ms()))

    def restore(self, key: int) -> None:
        self.put(replace(self._list[key], deleted_ms=None))

    def adopt(self, conversations: Iterable[Conversation]) -> None:
        """List conversations that were put into the database by another way."""
        self._list.update({conversation.id: conversation for conversation in conversations})

    def copy(self, conversation: Conversation, messages: Iterable[Message]) -> Conversation:
        """Keep some of a conversation's messages, with their tokens, as a conversation of its own.

        Raises StoreError.
        """
        tokens = dict(self.recorder.pending_traces())
        for traced in self.store.traced(conversation.id):
            tokens.setdefault(traced, partial(self._trace, traced))
        copies = list(messages)
        ids = {message.id: self.fresh_id("message") for message in copies}
        key, leaf = self.fresh_id("conversation"), ids.get(conversation.leaf or 0)
        self.put(replace(conversation, id=key, leaf=leaf, changed_ms=self.clock.now_ms()), at_once=False)
        for message in copies:
            parent = ids.get(message.parent or 0)
            self.put(replace(message, id=ids[message.id], conversation=key, parent=parent), at_once=False)
            if message.id in tokens:
                self.recorder.put_trace(ids[message.id], tokens[message.id])
        return self._list[key]

    def search(self, query: str) -> tuple[Hit, ...]:
        """Raises StoreError."""
        return search(self.store, query)

    def close(self) -> bool:
        """Write what is left and delete what was deleted; False if that did not work."""
        written = self.recorder.close(_CLOSING_PATIENCE_S)
        try:
            self.store.purge()
            self.store.checkpoint()
        except StoreError:
            written = False  # what was deleted is purged the next time
        self.store.close()
        return written

    def _trace(self, message: int) -> bytes:
        return self.store.trace(message) or b""

    def _take(self, opened: Opened) -> None:
        self.store, self.notice, self._is_kept = opened.store, opened.notice, opened.is_kept

    def _begin(self, path: Path | None) -> tuple[Conversation, ...]:
        """What there is. A database that turns out to be damaged is put aside, another one left alone."""
        try:
            return self._first_look()
        except StoreError as error:
            self.store.close()
            if path is not None and is_damage(error.__cause__):
                self._take(open_anew(path, datetime.now()))
                return self._first_look()
            notice = f"{error} New ones are kept until you quit."
            self._take(Opened(open_in_memory(), notice, is_kept=False))
            return ()

    def _first_look(self) -> tuple[Conversation, ...]:
        self.store.purge(self.clock.now_ms() - _UNDO_MS)
        self.interrupted = self.store.interrupt_streaming()
        return self.store.conversations()
