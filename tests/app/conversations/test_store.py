from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attachments import Attachment
from app.conversations import Store
from app.conversations.opening import open_in_memory, open_store
from app.conversations.records import StoreError
from app.conversations.store import LARGEST_ID, Batch
from gpu.sampling import Sampling
from tests.app.conversations.samples import TALK, message

ANSWER = message(
    2,
    1,
    "Because so.",
    reasoning="Hm.",
    reasoning_ms=1200,
    state="cancelled",
    note="3 tokens",
    model="demo",
    scheme="W4A8",
    sampling=Sampling(temperature=0.5, seed=3),
    thinking=False,
)
QUESTION = message(1, None, "Why?", attachments=(Attachment("notes.txt", "Read this."),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "talks.sqlite3")
    assert opened.notice == ""
    opened.store.save(Batch((TALK,), (QUESTION, ANSWER), {2: b"\x00tokens"}))
    yield opened.store
    opened.store.close()


def test_records_come_back_as_they_were(store: Store) -> None:
    assert store.conversations() == (TALK,)
    assert store.conversation(TALK.id) == TALK
    assert store.messages(TALK.id) == (QUESTION, ANSWER)
    assert (store.trace(2), store.trace(1)) == (b"\x00tokens", None)
    assert store.conversation(8) is None


def test_a_newer_record_takes_the_place_of_the_older(store: Store) -> None:
    store.save(Batch((replace(TALK, title="New"),), (replace(ANSWER, text="More."),), {2: b"\x01"}))
    assert [talk.title for talk in store.conversations()] == ["New"]
    assert [m.text for m in store.messages(TALK.id)] == ["Why?", "More."]
    assert store.trace(2) == b"\x01"


def test_a_batch_is_written_wholly_or_not_at_all(store: Store) -> None:
    lost = message(9, None, None)  # a message must have a text
    with pytest.raises(StoreError, match="cannot be saved"):
        store.save(Batch((replace(TALK, title="Half"),), (lost,)))
    assert store.conversations() == (TALK,)
    store.save(Batch((), (message(3, 2, "Go on"),)))  # and the next one works


def test_what_was_deleted_is_hidden_and_then_purged_with_all_it_held(store: Store) -> None:
    store.save(Batch((replace(TALK, deleted_ms=5),)))
    assert store.conversations() == ()
    assert store.messages(TALK.id) != ()
    store.purge()
    assert (store.conversation(TALK.id), store.messages(TALK.id), store.trace(2)) == (None, (), None)


def test_a_deleted_message_is_hidden_and_purged(store: Store) -> None:
    store.save(Batch((), (replace(ANSWER, deleted_ms=5),)))
    assert store.messages(TALK.id) == (QUESTION,)
    store.purge()
    assert store.trace(2) is None


def test_answers_that_were_being_written_are_marked_at_the_next_start(store: Store) -> None:
    store.save(Batch((), (replace(ANSWER, state="streaming"),)))
    assert store.interrupt_streaming() == (TALK.id,)
    assert [m.state for m in store.messages(TALK.id)] == ["done", "interrupted"]
    assert store.interrupt_streaming() == ()


def test_half_a_surrogate_pair_does_not_keep_a_message_from_being_saved(store: Store) -> None:
    store.save(Batch((), (message(3, 2, "a\ud800b"),)))
    assert store.messages(TALK.id)[-1].text == "a?b"


def test_sampling_of_another_version_is_left_to_the_model(store: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "talks.sqlite3") as other:
        other.execute("""UPDATE message SET sampling = '{"warmth": 3}', attachments = '{'""")
    assert store.messages(TALK.id) == (replace(QUESTION, attachments=()), replace(ANSWER, sampling=None))


def test_fresh_ids_are_free_and_fit_into_a_signal(store: Store) -> None:
    ids = store.fresh_ids("message", 50)
    assert len(ids) == 50
    assert all(2 < key <= LARGEST_ID for key in ids)


def test_a_reader_does_not_wait_for_a_writer(store: Store, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "talks.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert store.conversations() == (TALK,)
    other.close()


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_any_text_survives(text: str, reasoning: str) -> None:
    store = open_in_memory()
    kept = replace(QUESTION, text=text, reasoning=reasoning)
    store.save(Batch((TALK,), (kept,)))
    assert store.messages(TALK.id) == (kept,)
    store.close()
