from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from app.conversations.schema import MIGRATIONS, migrate, version_of


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    result = sqlite3.connect(":memory:", isolation_level=None)
    yield result
    result.close()


def test_a_new_file_sees_every_step_once(connection: sqlite3.Connection) -> None:
    migrate(connection)
    migrate(connection)
    assert version_of(connection) == len(MIGRATIONS)


def test_a_file_of_an_older_version_keeps_its_messages_and_can_be_searched_in_the_new_ones(
    connection: sqlite3.Connection,
) -> None:
    migrate(connection, MIGRATIONS[:1])
    connection.execute(
        "INSERT INTO conversation VALUES (1, 'Old', 0, 0, 0, '', '', '', NULL, NULL, 0, 'stop', NULL, NULL)"
    )
    migrate(connection)
    assert connection.execute("SELECT title FROM conversation").fetchall() == [("Old",)]
    connection.execute("UPDATE conversation SET title = 'Renamed'")
    found = connection.execute(
        "SELECT rowid FROM conversation_words WHERE conversation_words MATCH 'renamed'"
    )
    assert found.fetchall() == [(1,)]


def test_a_step_that_fails_leaves_nothing_behind(connection: sqlite3.Connection) -> None:
    broken = (*MIGRATIONS, "CREATE TABLE half (a); CREATE TABLE half (a);")
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, broken)
    assert version_of(connection) == len(MIGRATIONS)
    assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchall() == []
