from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversations import Store
from app.conversations.opening import open_in_memory
from app.conversations.search import Hit, pieces, search
from app.conversations.store import Batch
from tests.app.conversations.samples import TALK, message

OTHER = replace(TALK, id=8, title="Café au lait", pinned=False)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    result = open_in_memory()
    said = (
        message(1, None, "Why do four-bit activations break a model?"),
        message(2, 1, "One outlier channel stretches the scale that all the others share."),
        message(3, 2, "100% of 量化模型 and snake_case"),
        message(11, None, "How is coffee made?", conversation=8),
        message(12, 11, "With hot water; the outlier is instant coffee.", conversation=8),
    )
    result.save(Batch((TALK, OTHER), said))
    yield result
    result.close()


def found(store: Store, query: str) -> list[int]:
    return sorted(hit.conversation for hit in search(store, query))


def test_every_word_must_be_there_and_the_beginning_of_one_is_enough(store: Store) -> None:
    assert found(store, "outlier") == [7, 8]
    assert found(store, "outl chan") == [7]
    assert found(store, "outlier coffee") == [8]
    assert found(store, "teapot") == []


def test_titles_are_found_whatever_their_accents_and_case(store: Store) -> None:
    assert search(store, "CAFE") == (Hit(8, None, (("Café", True), (" au lait", False))),)


def test_what_was_looked_for_is_marked_in_the_snippet(store: Store) -> None:
    hit = next(hit for hit in search(store, "channel"))
    assert (hit.conversation, hit.message) == (7, 2)
    assert ("channel", True) in hit.snippet
    assert "".join(text for text, _ in hit.snippet).startswith("One outlier channel stretches")


def test_scripts_without_spaces_are_found_in_the_middle_of_a_run(store: Store) -> None:
    (hit,) = search(store, "模型")
    assert (hit.conversation, ("模型", True) in hit.snippet) == (7, True)
    assert found(store, "模型 snake") == found(store, "snake 量化") == [7]
    assert found(store, "模型 teapot") == []


def test_a_title_that_was_found_is_opened_at_the_best_message(store: Store) -> None:
    (title,) = search(store, "caf")
    assert (title.message, title.place) == (None, None)
    both = next(hit for hit in search(store, "outlier") if hit.conversation == TALK.id)
    assert (both.message, both.place) == (None, 2)
    (message,) = search(store, "water")
    assert message.place == message.message == 12


@pytest.mark.parametrize(
    "query", ['"', "a AND", "NEAR(", "100%", "*", "' OR 1=1 --", "text:x", "-", "\x00", "_"]
)
def test_no_query_is_an_error(store: Store, query: str) -> None:
    search(store, query)


def test_nothing_is_found_for_nothing(store: Store) -> None:
    assert search(store, "  ") == ()


def test_deleted_ones_are_not_found_and_edited_ones_by_their_new_words() -> None:
    store = open_in_memory()
    store.save(Batch((TALK, OTHER), (message(1, None, "first"), message(9, None, "gone", conversation=8))))
    store.save(Batch((replace(OTHER, deleted_ms=1),), (message(1, None, "second"),)))
    assert (found(store, "first"), found(store, "second"), found(store, "gone")) == ([], [7], [])
    store.purge()
    assert found(store, "second") == [7]
    store.close()


def test_an_answer_is_found_once_it_has_ended() -> None:
    store = open_in_memory()
    store.save(Batch((TALK,), (message(2, 1, "a whale", state="streaming"),)))
    assert found(store, "whale") == []
    store.save(Batch((), (message(2, 1, "a whale swam", state="done"),)))
    assert found(store, "swam") == [7]
    store.save(Batch((), (message(2, 1, "a whale swam", state="streaming"),)))  # it is continued
    assert found(store, "whale") == []
    store.save(Batch((), (message(2, 1, "a whale swam on", state="streaming"),)))
    store.interrupt_streaming()
    assert found(store, "swam on") == [7]
    store.close()


@given(st.text())
def test_any_query_is_answered(query: str) -> None:
    store = open_in_memory()
    store.save(Batch((TALK,), (message(1, None, "words"),)))
    search(store, query)
    store.close()


def test_pieces_put_marks_apart() -> None:
    assert pieces("a \x02b\x03\n\n c") == (("a ", False), ("b", True), (" c", False))
    assert pieces("") == ()
