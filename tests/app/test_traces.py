from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.conversations import Archive
from app.dialogue import Dialogue, Origin
from app.token_trace import TraceBuilder
from app.traces import Traces
from tests.app.test_token_trace import THREE, entry, score
from tests.patience import PATIENCE_S


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    result = Archive(tmp_path / "talks.sqlite3")
    yield result
    result.close()


@pytest.fixture
def talk(archive: Archive) -> Dialogue:
    result = Dialogue(archive, archive.begin())
    result.ask("Why?", Origin("demo"))
    return result


def reopened(archive: Archive, talk: Dialogue) -> Traces:
    archive.recorder.drain(PATIENCE_S)
    traces = Traces(archive)
    traces.look_at(talk.conversation.id)
    return traces


def test_tokens_are_there_the_next_time(archive: Archive, talk: Dialogue) -> None:
    key = talk.path[-1].id
    traces = Traces(archive)
    builder = TraceBuilder("demo", THREE)
    builder.append(entry(4))
    traces.collect(key, builder)
    assert traces.known == {key}
    for kept in (traces, reopened(archive, talk)):
        found = kept.get(key)
        assert found is not None
        assert found.token_ids() == (7, 9, 3, 4)


def test_a_score_is_kept_with_them(archive: Archive, talk: Dialogue) -> None:
    key = talk.path[-1].id
    Traces(archive).put(key, THREE.with_score(score(3)))
    found = reopened(archive, talk).get(key)
    assert found is not None
    assert found.score("W4A8", "W16A16") is not None


def test_tokens_that_no_longer_are_those_of_the_answer_are_dropped(archive: Archive, talk: Dialogue) -> None:
    key = talk.path[-1].id
    traces = Traces(archive)
    traces.put(key, THREE)
    traces.drop(key)
    assert (traces.get(key), traces.known) == (None, set())
    assert reopened(archive, talk).known == set()


def test_an_answer_without_tokens_has_none(archive: Archive, talk: Dialogue) -> None:
    assert reopened(archive, talk).get(talk.path[-1].id) is None


def test_tokens_that_cannot_be_written_yet_are_there_in_a_fork_too(archive: Archive, talk: Dialogue) -> None:
    key, written = talk.path[-1].id, Traces(archive)
    written.put(key, THREE)
    assert archive.recorder.drain(PATIENCE_S)
    other = talk.answer_again(key, Origin("demo"))
    with archive.recorder._changed:  # holds the recorder up
        written.put(other, THREE)
        written.drop(key)
        archive.recorder._hurried = False
        waiting = Traces(archive)
        waiting.look_at(talk.conversation.id)
        assert waiting.known == {other}
        assert waiting.get(other) is not None
    fork = Dialogue.open(archive, talk.fork(other).id)
    archive.recorder.drain(PATIENCE_S)
    kept = Traces(archive)
    kept.look_at(fork.conversation.id)
    assert kept.known == {fork.path[-1].id}
    found = kept.get(fork.path[-1].id)
    assert found is not None
    assert found.token_ids() == THREE.token_ids()


def test_a_database_that_cannot_be_read_knows_no_tokens(archive: Archive, talk: Dialogue) -> None:
    archive.recorder.drain(PATIENCE_S)
    archive.store.close()
    traces = Traces(archive)
    traces.look_at(talk.conversation.id)
    assert traces.known == set()
