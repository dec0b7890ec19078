from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from app.conversations.opening import FILE_NAME, default_path, open_store
from app.conversations.schema import MIGRATIONS
from app.conversations.store import Batch
from tests.app.conversations.samples import TALK, message

NOW = datetime(2026, 1, 2, 3, 4, 5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one conversation, closed."""
    result = tmp_path / "data" / FILE_NAME
    store = open_store(result).store
    store.save(Batch((TALK,), (message(1, None, "Why?"),)))
    store.close()
    return result


def test_conversations_are_there_the_next_time(path: Path) -> None:
    opened = open_store(path)
    assert opened.notice == ""
    assert opened.store.conversations() == (TALK,)
    opened.store.close()


def test_a_write_ahead_log_is_kept(path: Path) -> None:
    opened = open_store(path)
    assert [tuple(row) for row in opened.store.rows("PRAGMA journal_mode")] == [("wal",)]
    opened.store.close()


def test_the_platform_says_where_a_persons_data_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platformdirs.user_data_dir", lambda name, **_: str(tmp_path / name))
    assert default_path() == tmp_path / "quantscope" / FILE_NAME


@pytest.mark.parametrize("damage", ["garbage", "page", "cut off"])
def test_a_damaged_database_is_kept_aside_and_said(path: Path, damage: str) -> None:
    whole = path.read_bytes()
    broken = {
        "garbage": b"this is no database at all, but a letter to a friend" * 200,
        "page": whole[:4096] + b"\xff" * 4096 + whole[8192:],
        "cut off": whole[:9000],
    }[damage]
    path.write_bytes(broken)
    opened = open_store(path, NOW)
    aside = path.with_name(f"{FILE_NAME}.broken-2026-01-02-030405")
    assert aside.read_bytes()[:9000] == broken[:9000]
    assert aside.name in opened.notice
    assert "\n" not in opened.notice
    opened.store.save(Batch((TALK,)))
    assert opened.store.conversations() == (TALK,)
    opened.store.close()
    again = open_store(path)
    assert (again.notice, again.store.conversations()) == ("", (TALK,))
    again.store.close()


def test_a_locked_database_is_said_and_the_program_goes_on_in_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.conversations.opening._PATIENCE_S", 0.0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    opened = open_store(path)
    assert "locked" in opened.notice
    assert not opened.is_kept
    opened.store.save(Batch((TALK,)))
    assert opened.store.conversations() == (TALK,)
    opened.store.close()
    other.close()


def test_a_database_of_a_newer_version_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    opened = open_store(path)
    assert "newer version" in opened.notice
    assert opened.store.conversations() == ()
    assert path.read_bytes() == before
    opened.store.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    opened = open_store(tmp_path / "file" / FILE_NAME)
    assert str(tmp_path / "file") in opened.notice
    assert opened.store.conversations() == ()
    opened.store.close()
