from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversations import Archive
from app.conversations.exchange import write_file
from app.conversations.opening import open_store
from app.conversations.records import StoreError
from app.conversations.store import Store
from app.conversations.transfer import export_file, import_file, messages_of
from gpu.errors import Cancelled, FormatError
from tests.app.conversations.samples import TALK, message
from tests.patience import PATIENCE_S

MANY = tuple(message(key, key - 1 or None, f"message {key} " * 500) for key in range(1, 301))
NOW_MS = 5_000_000_000_000


@pytest.fixture
def store(tmp_path: Path):
    result = open_store(tmp_path / "talks.sqlite3").store
    yield result
    result.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    result = tmp_path / "out.json"
    write_file(result, [(TALK, MANY), (replace(TALK, id=8, title="Undated", changed_ms=0), ())])
    return result


def counts(store: Store) -> tuple[int, ...]:
    """Conversations and messages in the database, hidden ones too."""
    return tuple(store.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("conversation", "message"))


def test_all_of_a_file_is_taken_in_under_ids_of_its_own(store: Store, path: Path) -> None:
    shares: list[float] = []
    first, undated = import_file(store, path, NOW_MS, shares.append)
    assert {one.id for one in store.conversations()} == {first.id, undated.id}
    assert replace(first, id=TALK.id, leaf=TALK.leaf) == TALK
    assert undated.changed_ms >= NOW_MS
    texts = {one.id: one for one in store.messages(first.id)}
    assert [one.text for one in texts.values()] == [one.text for one in MANY]
    assert texts[first.leaf].text == MANY[TALK.leaf - 1].text
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 10


def test_twice_is_two(store: Store, path: Path) -> None:
    for _ in range(2):
        import_file(store, path, NOW_MS, lambda _: None)
    assert len(store.conversations()) == 4


@pytest.mark.parametrize("when", [0.1, 0.6])
def test_what_is_cancelled_leaves_nothing(store: Store, path: Path, when: float) -> None:
    def tick(share: float) -> None:
        assert store.conversations() == ()
        if share > when:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_file(store, path, NOW_MS, tick)
    assert counts(store) == (0, 0)


def test_a_disk_that_fills_up_is_said_and_nothing_is_half_there(store: Store, path: Path) -> None:
    store._writer.execute(f"PRAGMA max_page_count = {store.rows('PRAGMA page_count')[0][0] + 40}")
    with pytest.raises(StoreError, match="disk is full"):
        import_file(store, path, NOW_MS, lambda _: None)
    assert store.conversations() == ()
    store._writer.execute("PRAGMA max_page_count = 1000000")
    assert len(import_file(store, path, NOW_MS, lambda _: None)) == 2


def test_a_kill_half_way_leaves_nothing_that_the_next_start_does_not_purge(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "discard", lambda _: None)
    monkeypatch.setattr(store, "reveal", _raise(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        import_file(store, path, NOW_MS, lambda _: None)
    assert store.conversations() == ()
    store.purge()
    assert counts(store) == (0, 0)


def test_what_another_window_purged_meanwhile_is_not_taken_in_by_halves(store: Store, path: Path) -> None:
    def tick(share: float) -> None:
        if share > 0.6:
            store.purge()

    with pytest.raises(StoreError, match="try again"):
        import_file(store, path, NOW_MS, tick)
    assert counts(store) == (0, 0)


def test_what_waits_to_be_written_is_exported_too(tmp_path: Path, store: Store) -> None:
    archive = Archive(tmp_path / "talks.sqlite3")
    lock = sqlite3.connect(tmp_path / "talks.sqlite3", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")  # nothing can be written
    archive.put(TALK)
    archive.put(message(1, None, "Why?"))
    export_file(archive.store, archive.recorder, [TALK], tmp_path / "out.json", lambda _: None)
    lock.close()
    assert archive.close()
    (talk,) = import_file(store, tmp_path / "out.json", NOW_MS, lambda _: None)
    assert [one.text for one in store.messages(talk.id)] == ["Why?"]


def test_a_message_that_waits_takes_the_place_of_the_one_written_and_a_deleted_one_is_gone() -> None:
    archive = Archive()
    archive.put(message(1, None, "Why?"))
    archive.put(message(2, 1, "So."))
    assert archive.recorder.drain(PATIENCE_S)
    with archive.recorder._changed:  # holds the recorder up
        archive.recorder._messages = {1: message(1, None, "Why not?"), 2: message(2, 1, deleted_ms=5)}
        archive.recorder._hurried = False
    found = messages_of(archive.store, archive.recorder, TALK.id)
    archive.close()
    assert [one.text for one in found] == ["Why not?"]


def test_a_conversation_that_cannot_be_read_leaves_the_file_that_was_there(path: Path) -> None:
    before = path.read_bytes()
    archive = Archive()
    archive.store.close()
    with pytest.raises(StoreError):
        export_file(archive.store, archive.recorder, [TALK], path, lambda _: None)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.glob("*out.json*")] == [path.name]


def test_a_file_that_is_none_of_ours_changes_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(FormatError):
        import_file(store, tmp_path / "x.json", NOW_MS, lambda _: None)
    assert counts(store) == (0, 0)


def _raise(error: type[BaseException]) -> Callable[[object], None]:
    def act(_: object) -> None:
        raise error

    return act


def test_a_title_of_several_lines_comes_in_as_one(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "foreign.json"
    write_file(path, [(replace(TALK, title=" Two\nlines "), ())])
    assert import_file(store, path, NOW_MS, lambda _: None)[0].title == "Two lines"
