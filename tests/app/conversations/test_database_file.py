"""A database that another program takes away or overwrites is noticed before anything is written to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.conversations import Archive, Message
from tests.patience import PATIENCE_S


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "talks.sqlite3"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def archive(path: Path, said: list[str]) -> Iterator[Archive]:
    result = Archive(path, said.append)
    write(result, "first")
    assert result.recorder.drain(PATIENCE_S)
    yield result
    result.close()


def write(archive: Archive, text: str) -> Message:
    talk = archive.begin()
    message = Message(archive.fresh_id("message"), talk.id, None, "user", text)
    archive.put(talk)
    archive.put(message)
    return message


def take_away(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


def replace(path: Path) -> None:
    shutil.copy(path, path.with_name("another"))
    take_away(path)
    path.with_name("another").rename(path)


def put_back(path: Path) -> None:
    path.with_name("elsewhere").replace(path)


@pytest.mark.parametrize(("harm", "word"), [(take_away, "moved or deleted"), (replace, "replaced")])
def test_it_is_said_once_nothing_is_lost_and_all_is_well_once_it_is_put_back(
    archive: Archive, path: Path, said: list[str], harm: Callable[[Path], None], word: str
) -> None:
    harm(path)
    message = write(archive, "second")
    assert not archive.recorder.drain(PATIENCE_S)
    assert not archive.recorder.drain(PATIENCE_S)
    (sentence,) = said
    assert word in sentence
    assert archive.messages(message.conversation).path(message.id)[-1].text == "second"
    put_back(path)
    assert archive.recorder.drain(PATIENCE_S)
    assert said[1:] == [""]


@pytest.mark.parametrize("data", [b"", b"another program's notes"])
def test_one_that_was_overwritten_is_not_written_to(
    archive: Archive, path: Path, said: list[str], data: bytes
) -> None:
    path.write_bytes(data)
    message = write(archive, "second")
    assert not archive.recorder.drain(PATIENCE_S)
    assert "overwritten" in said[0]
    assert message in archive.recorder.pending(message.conversation)
    assert path.read_bytes() == data


def test_a_database_that_grows_is_its_own(archive: Archive, said: list[str]) -> None:
    for number in range(3):
        write(archive, f"{number}" * 100_000)
        assert archive.recorder.drain(PATIENCE_S)
        archive.store.checkpoint()
    assert said == []
