"""Damaged databases: what is whole is read, and nothing else is let in."""

from __future__ import annotations

import random
import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversations import Archive, Message
from app.conversations.opening import open_in_memory, open_store
from app.conversations.salvage import salvage
from app.conversations.store import Batch
from gpu.errors import QuantscopeError
from tests.app.conversations.samples import TALK, message
from tests.patience import PATIENCE_S

PAGE = 4096
TALKS = tuple(replace(TALK, id=key, title=f"Talk {key}") for key in range(1, 31))
MESSAGES = tuple(
    message(30 * talk.id + place, None, f"word {place} " * 200, conversation=talk.id)
    for talk in TALKS
    for place in range(6)
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "talks.sqlite3"
    store = open_store(path).store
    store.save(Batch(TALKS, MESSAGES))
    store.checkpoint()
    store.close()
    return path.read_bytes()


def test_all_but_a_damaged_page_comes_back_and_the_file_stays_as_it_is(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "talks.sqlite3"
    at = whole.index(b"word 3 word 3") // PAGE * PAGE
    path.write_bytes(whole[:at] + b"\xff" * PAGE + whole[at + PAGE :])
    opened = open_store(path)
    kept = {m.id: m for talk in opened.store.conversations() for m in opened.store.messages(talk.id)}
    opened.store.close()
    assert "30 conversations in it could be read" in opened.notice
    assert set(kept.values()) <= set(MESSAGES)
    assert len(kept) > 0.9 * len(MESSAGES)
    (aside,) = tmp_path.glob("*.broken-*[0-9]")
    assert aside.read_bytes()[at : at + PAGE] == b"\xff" * PAGE


@pytest.mark.parametrize(
    "change",
    [
        "role = 'ghost'",
        "state = NULL",
        "text = x'ff'",
        "text = 5",
        "created_ms = 'x'",
        "attachments = '[{}]'",
    ],
)
def test_what_is_no_message_is_left_out(whole: bytes, tmp_path: Path, change: str) -> None:
    path = tmp_path / "talks.sqlite3"
    path.write_bytes(whole)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'message'"
        )
    with sqlite3.connect(path) as connection:
        for trigger in ("message_left", "message_entered"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(f"UPDATE message SET {change} WHERE id = ?", (MESSAGES[7].id,))
    store = open_in_memory()
    assert salvage(path, store) == len(TALKS)
    found = [m for talk in TALKS for m in store.messages(talk.id)]
    expected = [m for m in MESSAGES if m.id != MESSAGES[7].id]
    store.close()
    assert [m for m in found if m.id != MESSAGES[7].id] == expected
    assert all(isinstance(m.text, str) for m in found)


@pytest.mark.parametrize(
    "seed", [1, 2, 17, 19, 23]
)  # among them pages that SQLite quotes and that are no text
def test_whatever_is_damaged_the_program_goes_on(whole: bytes, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(whole)
    for _ in range(chance.choice([1, 20, 400])):
        at = chance.randrange(len(data))
        data[at : at + 8] = chance.randbytes(len(data[at : at + 8]))
    path = tmp_path / "talks.sqlite3"
    path.write_bytes(data)
    archive = Archive(path)
    for talk in archive.conversations():
        with suppress(QuantscopeError):
            assert all(isinstance(one, Message) for one in archive.messages(talk.id))
    with suppress(QuantscopeError):
        archive.search("word")
    archive.put(replace(TALK, id=9999))
    archive.close()


def test_damage_to_the_index_alone_is_mended(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "talks.sqlite3"
    path.write_bytes(whole)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE message_words_data SET block = x'00ff00ff' WHERE id > 1")
    archive = Archive(path)
    archive.put(message(9999, None, "an unheard of word", conversation=1))
    assert archive.recorder.drain(PATIENCE_S)
    assert archive.search("unheard")
    assert len(archive.search("word")) == len(TALKS)
    assert (archive.notice, archive.close()) == ("", True)
