from __future__ import annotations

import signal
from pathlib import Path

import pytest

from app.cli.conversation import Conversation
from app.engine_session import EngineOptions, EngineSession, ModelFiles
from app.text import Reply
from gpu.errors import QuantscopeError, RequestError
from gpu.sampling import Sampling
from gpu.scheme import Scheme


@pytest.fixture(scope="module")
def files(talker: Path) -> ModelFiles:
    return ModelFiles.open(str(talker))


@pytest.fixture(scope="module")
def session(files: ModelFiles):
    with EngineSession(
        files.checkpoint, EngineOptions(Scheme.parse("W4A8"), cache_directory=None)
    ) as session:
        yield session


def conversation(session: EngineSession, files: ModelFiles, new_tokens: int | None = 4) -> Conversation:
    return Conversation(session.model, files, Sampling(temperature=0), new_tokens, thinking=False)


def test_pieces_add_up_to_the_answer(session: EngineSession, files: ModelFiles) -> None:
    talk, whole = conversation(session, files), Reply()

    def show(said: Reply, more: Reply) -> None:
        nonlocal whole
        assert said == whole
        whole += more

    talk.ask("Why?", show)
    assert talk.messages()[1]["content"] == whole.answer


def test_a_failure_leaves_the_conversation_as_it_was(session: EngineSession, files: ModelFiles) -> None:
    talk = conversation(session, files)
    talk.ask("Why?", lambda *_: None)
    before = talk.messages()
    with pytest.raises(QuantscopeError, match="context holds"):
        talk.ask("so " * 2000, lambda *_: None)
    assert talk.messages() == before


def test_a_second_question_reuses_the_cache(session: EngineSession, files: ModelFiles) -> None:
    talk = conversation(session, files)
    talk.ask("Why?", lambda *_: None)
    before = list(session.model.cached_ids)
    talk.ask("And then?", lambda *_: None)
    shared = sum(1 for a, b in zip(before, session.model.cached_ids, strict=False) if a == b)
    assert shared >= len(before) // 2


def test_ctrl_c_keeps_what_was_said(session: EngineSession, files: ModelFiles) -> None:
    talk, shown = conversation(session, files, new_tokens=None), []

    def stop_after_three(_said: Reply, more: Reply) -> None:
        shown.append(more)
        if len(shown) == 3:
            signal.raise_signal(signal.SIGINT)

    talk.ask("Why?", stop_after_three)
    assert len(shown) <= 5  # at most the piece that was under way and what was held back
    assert [message["role"] for message in talk.messages()] == ["user", "assistant"]
    assert talk.messages()[1]["content"] == sum(shown, Reply()).answer


def test_thinking_can_be_switched_where_the_template_can(session: EngineSession, files: ModelFiles) -> None:
    talk = conversation(session, files)
    assert talk.toggle_thinking()
    assert not talk.toggle_thinking()


def test_a_model_without_the_switch(session: EngineSession, files: ModelFiles, monkeypatch) -> None:
    monkeypatch.setitem(files.codec.__dict__, "supports_thinking", False)
    with pytest.raises(RequestError, match="no switch"):
        conversation(session, files).toggle_thinking()
