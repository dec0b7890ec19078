from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversations import Recorder, Store
from app.conversations.opening import open_store
from app.conversations.records import StoreError
from app.conversations.store import Batch
from tests.app.conversations.samples import TALK, message
from tests.patience import PATIENCE_S

LONG_S = 100 * PATIENCE_S  # no test waits for it


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    result = open_store(tmp_path / "talks.sqlite3").store
    yield result
    result.close()


class Refusing:
    """A store on a disk that is full until it is told otherwise; `meanwhile` comes while it is tried."""

    def __init__(self) -> None:
        self.full = True
        self.saved: list[Batch] = []
        self.tried = threading.Event()
        self.meanwhile: Callable[[], object] = lambda: None

    def save(self, batch: Batch) -> None:
        self.tried.set()
        self.meanwhile()
        if self.full:
            raise StoreError("The disk is full.")
        self.saved.append(batch)


def test_what_is_put_is_written_and_drain_waits_for_it(store: Store) -> None:
    recorder = Recorder(store, period_s=LONG_S)
    recorder.put(TALK)
    assert recorder.drain(PATIENCE_S)
    recorder.put(message(1, None, "Why?"))
    recorder.put_trace(1, lambda: b"abc")
    assert recorder.drain(PATIENCE_S)
    assert (store.messages(TALK.id)[0].text, store.trace(1)) == ("Why?", b"abc")
    assert recorder.close(PATIENCE_S)


def test_many_changes_within_a_period_are_one_write(store: Store) -> None:
    batches: list[Batch] = []
    save = store.save
    store.save = lambda batch: (batches.append(batch), save(batch))[1]  # type: ignore[method-assign]
    recorder = Recorder(store, period_s=LONG_S)
    recorder.put(TALK)
    for _ in range(2):  # the second time there is nothing to hurry
        assert recorder.drain(PATIENCE_S)
    for length in range(1, 200):
        recorder.put(message(2, None, "x" * length, state="streaming"), at_once=False)
    assert recorder.close(PATIENCE_S)
    assert len(batches) == 2
    assert [len(m.text) for m in store.messages(TALK.id)] == [199]


def test_closing_writes_what_is_left(store: Store) -> None:
    recorder = Recorder(store, period_s=LONG_S)
    recorder.put(TALK)
    recorder.put(message(1, None, "Why?"))
    assert recorder.close(PATIENCE_S)
    assert len(store.messages(TALK.id)) == 1


def test_a_full_disk_is_said_once_and_nothing_is_lost_once_there_is_room() -> None:
    store, said = Refusing(), []
    recorder = Recorder(store, said.append, LONG_S)  # type: ignore[arg-type]
    recorder.put(TALK)
    assert store.tried.wait(PATIENCE_S)
    assert not recorder.drain(PATIENCE_S)
    store.full = False
    recorder.put(message(1, None, "Why?"))
    recorder.put(replace(TALK, title="Newer"))
    assert recorder.close(PATIENCE_S)
    assert said == ["The disk is full. Until then they are kept in memory.", ""]
    written = {
        record.id: record for batch in store.saved for record in (*batch.conversations, *batch.messages)
    }
    assert written == {TALK.id: replace(TALK, title="Newer"), 1: message(1, None, "Why?")}


def test_what_became_newer_while_it_could_not_be_written_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.conversations.recorder.RETRY_S", LONG_S)
    newer = replace(TALK, title="Newer"), message(1, None, "Why not?")
    store = Refusing()
    recorder = Recorder(store, period_s=LONG_S)  # type: ignore[arg-type]
    store.meanwhile = lambda: [recorder.put(record) for record in newer]
    recorder.put(TALK)
    recorder.put(message(1, None, "Why?"))
    assert not recorder.drain(PATIENCE_S)
    store.full, store.meanwhile = False, lambda: None
    assert recorder.close(PATIENCE_S)
    (batch,) = store.saved
    assert (*batch.conversations, *batch.messages) == newer


def test_closing_on_a_full_disk_ends_and_says_so() -> None:
    recorder = Recorder(Refusing(), period_s=LONG_S)  # type: ignore[arg-type]
    recorder.put(TALK)
    assert not recorder.close(PATIENCE_S)


def test_what_a_person_did_is_written_at_once_and_takes_the_rest_along(store: Store) -> None:
    recorder = Recorder(store, period_s=LONG_S)
    recorder.put(TALK)
    assert recorder.drain(PATIENCE_S)
    with recorder._changed:  # nothing is taken in between
        recorder.put(message(2, None, "on its way", state="streaming"), at_once=False)
        recorder.put(message(3, None, "Why?"))
        recorder.put(message(4, None, "on its way too", state="streaming"), at_once=False)
    wait_until_written(recorder)
    assert [m.text for m in store.messages(TALK.id)] == ["on its way", "Why?", "on its way too"]
    assert recorder.close(PATIENCE_S)


def test_what_streams_is_written_once_its_period_is_over_though_nobody_hurries(store: Store) -> None:
    recorder = Recorder(store, period_s=0.0)
    recorder.put(TALK)
    assert recorder.drain(PATIENCE_S)
    recorder.put(message(2, None, "on its way", state="streaming"), at_once=False)
    wait_until_written(recorder)
    assert [m.text for m in store.messages(TALK.id)] == ["on its way"]
    assert recorder.close(PATIENCE_S)


def wait_until_written(recorder: Recorder) -> None:
    """Without a hurry, as `drain` has."""
    with recorder._changed:
        assert recorder._changed.wait_for(lambda: not recorder._waiting(), PATIENCE_S)


def test_tokens_that_cannot_be_packed_do_not_hold_the_texts_up(store: Store) -> None:
    said: list[str] = []
    recorder = Recorder(store, said.append, LONG_S)
    recorder.put_trace(1, lambda: bytes(-1))
    recorder.put(TALK)
    assert recorder.close(PATIENCE_S)
    assert store.conversations() == (TALK,)
    assert len(said) == 1
    assert said[0].startswith("The tokens of an answer were not kept")
