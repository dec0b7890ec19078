"""Writes what changed, on a thread of its own: an answer that streams costs the window next to nothing.

What a person did is written at once. An answer that streams is written once a period: at a kill, at most that
much of it is lost. What cannot be written waits and is tried again, so that a full disk loses nothing while
the program runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.conversations.records import Conversation, Message, StoreError
from app.conversations.store import Batch, Store
from app.failures import sentence_of

PERIOD_S = 0.5
RETRY_S = 3.0
_CHECKPOINT_BATCHES = 64


@dataclass(frozen=True)
class _Pending:
    """What waits to be written."""

    conversations: tuple[Conversation, ...]
    messages: tuple[Message, ...]
    traces: Mapping[int, Callable[[], bytes]]


class Recorder:
    """`put` records from one thread. `report` is called on the recorder's own thread with a sentence when
    writing began to fail, and with "" once it works again.
    """

    def __init__(
        self, store: Store, report: Callable[[str], None] = lambda _: None, period_s: float = PERIOD_S
    ) -> None:
        self._store, self._report, self._period_s = store, report, period_s
        self._conversations: dict[int, Conversation] = {}
        self._messages: dict[int, Message] = {}
        self._traces: dict[int, Callable[[], bytes]] = {}
        self._writing: _Pending | None = None
        self._changed = threading.Condition()
        self._hurried = self._closing = self._failing = False
        self._batches = self._failures = 0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def put(self, record: Conversation | Message, *, at_once: bool = True) -> None:
        """Have a record written, or within the period; a newer one of the same id takes its place."""
        with self._changed:
            self._hurried = self._hurried or at_once
            if isinstance(record, Message):
                self._messages[record.id] = record
            else:
                self._conversations[record.id] = record
            self._changed.notify()

    def put_trace(self, message: int, trace: Callable[[], bytes]) -> None:
        """Have the tokens of an answer kept with it; they are packed on the recorder's thread."""
        with self._changed:
            self._traces[message] = trace
            self._changed.notify()

    def pending(self, conversation: int) -> tuple[Message, ...]:
        """The messages of a conversation that may not be written yet, the newest of each."""
        with self._changed:
            writing = self._writing.messages if self._writing is not None else ()
            found = {message.id: message for message in (*writing, *self._messages.values())}
        return tuple(message for message in found.values() if message.conversation == conversation)

    def pending_traces(self) -> Mapping[int, Callable[[], bytes]]:
        """The tokens of answers that may not be written yet."""
        with self._changed:
            return {**(self._writing.traces if self._writing is not None else {}), **self._traces}

    def unwritten(self) -> frozenset[int]:
        """The conversations that something of may not be written yet."""
        with self._changed:
            batches = (self._writing, self._waiting_batch())
            return frozenset(
                key
                for batch in batches
                if batch is not None
                for key in (*(c.id for c in batch.conversations), *(m.conversation for m in batch.messages))
            )

    def drain(self, timeout_s: float) -> bool:
        """Wait until all that was put is written; False if that did not work, or not in time."""
        with self._changed:
            self._hurried = self._waiting()
            failures = self._failures
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._waiting() or self._failures > failures, timeout_s)
            return not self._waiting()

    def close(self, timeout_s: float) -> bool:
        """Write what is left and end; False if something could not be written."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive() and not self._waiting()

    def _run(self) -> None:
        while self._wait_for_change():
            with self._changed:
                batch = self._take()
            failed = not self._write(batch)
            with self._changed:
                if failed:
                    self._failures += 1
                    self._give_back(batch)
                self._failing, self._writing = failed, None
                self._hurried = self._hurried and self._waiting() and not failed
                self._changed.notify_all()
                if failed and self._closing:
                    return
                self._changed.wait_for(self._in_a_hurry, RETRY_S if failed else self._period_s)

    def _wait_for_change(self) -> bool:
        """False once there is nothing more to do."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting() or self._closing)
            return self._waiting()

    def _waiting(self) -> bool:
        return bool(self._conversations or self._messages or self._traces or self._writing is not None)

    def _in_a_hurry(self) -> bool:
        return self._hurried or self._closing

    def _take(self) -> _Pending:
        batch = self._waiting_batch()
        for pending in (self._conversations, self._messages, self._traces):
            pending.clear()
        self._writing = batch
        return batch

    def _waiting_batch(self) -> _Pending:
        return _Pending(
            tuple(self._conversations.values()), tuple(self._messages.values()), dict(self._traces)
        )

    def _give_back(self, batch: _Pending) -> None:
        """What could not be written waits again, unless something newer does."""
        self._conversations = {record.id: record for record in batch.conversations} | self._conversations
        self._messages = {record.id: record for record in batch.messages} | self._messages
        self._traces = dict(batch.traces) | self._traces

    def _write(self, batch: _Pending) -> bool:
        try:
            self._store.save(Batch(batch.conversations, batch.messages, self._packed(batch)))
            self._batches += 1
            if self._batches % _CHECKPOINT_BATCHES == 0:
                self._store.checkpoint()
        except StoreError as error:
            if not self._failing:
                self._report(f"{error} Until then they are kept in memory.")
            return False
        if self._failing:
            self._report("")
        return True

    def _packed(self, batch: _Pending) -> dict[int, bytes]:
        """A trace that cannot be packed must not keep the texts from being written."""
        packed: dict[int, bytes] = {}
        for key, pack in batch.traces.items():
            try:
                packed[key] = pack()
            except Exception as error:  # whatever it was, the person is told and the thread lives on
                self._report(f"The tokens of an answer were not kept: {sentence_of(error)}")
        return packed
