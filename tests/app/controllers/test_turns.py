from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.controllers.chat import ChatController
from app.controllers.turns import TurnsController
from app.conversations import Archive
from app.engine_thread import EngineThread
from app.messages import ModelWish, Turn
from gpu.errors import RequestError
from tests.app.fake_engine import Script, facts_for
from tests.app.test_token_trace import THREE
from views.chat import ChatPanel
from views.theme import Theme


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> ChatPanel:
    result = ChatPanel(theme)
    qtbot.addWidget(result)
    return result


@pytest.fixture
def chat(panel: ChatPanel, engine: EngineThread, archive: Archive) -> ChatController:
    controller = ChatController(panel, engine, lambda: None, archive)
    controller.set_model(facts_for(ModelWish("demo")))
    return controller


@pytest.fixture(autouse=True)
def turns(panel: ChatPanel, chat: ChatController, archive: Archive) -> TurnsController:
    return TurnsController(panel, chat, archive)


@pytest.fixture
def asked(chat: ChatController, settle: Callable[[], None]) -> tuple[int, int]:
    """A question and its answer."""
    chat.send("Why?")
    settle()
    return chat.path[0].id, chat.path[1].id


def texts(chat: ChatController) -> list[str]:
    return [message.text for message in chat.path]


def test_an_edited_question_is_asked_beside_the_old_one(
    panel: ChatPanel, chat: ChatController, asked: tuple[int, int], script: Script, settle: Callable[[], None]
) -> None:
    panel.edit_requested.emit(asked[0], "Why not?")
    settle()
    assert script.asked[-1].turns == (Turn("user", "Why not?"),)
    assert texts(chat) == ["Why not?", "Because of outliers."]
    panel.sibling_requested.emit(chat.path[0].id, -1)
    assert chat.path[0].id == asked[0]


def test_an_edited_answer_is_told_from_then_on(
    panel: ChatPanel, chat: ChatController, asked: tuple[int, int], script: Script, settle: Callable[[], None]
) -> None:
    panel.edit_requested.emit(asked[1], "Because I say so.")
    assert len(script.asked) == 1
    chat.send("Really?")
    settle()
    assert script.asked[-1].turns[1] == Turn("assistant", "Because I say so.")


def test_any_answer_can_be_had_again(
    panel: ChatPanel, chat: ChatController, asked: tuple[int, int], script: Script, settle: Callable[[], None]
) -> None:
    chat.send("And how?")
    settle()
    panel.regenerate_requested.emit(asked[1])
    settle()
    assert script.asked[-1].turns == (Turn("user", "Why?"),)
    assert chat.dialogue.tree.siblings(chat.path[-1].id) == (asked[1], chat.path[-1].id)
    panel.regenerate_requested.emit(0)  # the last one
    settle()
    assert len(chat.dialogue.tree.siblings(asked[1])) == 3


def test_a_stopped_answer_goes_on_where_it_ended(
    qtbot: QtBot,
    panel: ChatPanel,
    chat: ChatController,
    script: Script,
    settle: Callable[[], None],
) -> None:
    script.hold = threading.Event()
    chat.send("Why?")
    qtbot.waitUntil(lambda: "outliers" in chat.path[-1].text)
    chat.stop()
    settle()
    script.hold = None
    panel.continue_requested.emit(chat.path[-1].id)
    settle()
    assert script.asked[-1].turns == (Turn("user", "Why?"), Turn("assistant", "Because of outliers."))
    assert texts(chat) == ["Why?", "Because of outliers.Because of outliers."]
    assert chat.path[-1].state == "done"


def test_an_answer_goes_on_after_its_very_tokens_where_they_are_kept(
    panel: ChatPanel, chat: ChatController, asked: tuple[int, int], script: Script, settle: Callable[[], None]
) -> None:
    chat.keep_trace(asked[1], THREE)
    panel.continue_requested.emit(asked[1])
    settle()
    assert script.asked[-1].answer_ids == THREE.token_ids()
    assert texts(chat) == ["Why?", "Because of outliers."]


def test_tokens_of_another_model_go_when_the_answer_goes_on_after_its_text(
    panel: ChatPanel, chat: ChatController, asked: tuple[int, int], script: Script, settle: Callable[[], None]
) -> None:
    chat.keep_trace(asked[1], replace(THREE, model="other"))
    panel.continue_requested.emit(asked[1])
    settle()
    assert script.asked[-1].answer_ids == ()
    assert chat.trace(asked[1]) is None


def test_another_token_begins_a_branch(
    turns: TurnsController,
    chat: ChatController,
    asked: tuple[int, int],
    script: Script,
    settle: Callable[[], None],
) -> None:
    start = THREE.with_choice(0, 8)
    turns.branch(asked[1], start.token_ids(), start)
    settle()
    assert (script.asked[-1].turns, script.asked[-1].answer_ids) == ((Turn("user", "Why?"),), (8,))
    assert chat.dialogue.tree.siblings(asked[1]) == (asked[1], chat.path[-1].id)


def test_what_was_deleted_comes_back(
    qtbot: QtBot, panel: ChatPanel, turns: TurnsController, chat: ChatController, asked: tuple[int, int]
) -> None:
    with qtbot.waitSignal(turns.deleted) as deleted:
        panel.delete_requested.emit(asked[0])
    assert chat.path == ()
    turns.restore(deleted.args[0])
    assert [message.id for message in chat.path] == list(asked)


def test_what_comes_back_while_an_answer_is_written_leaves_it_on_show(
    qtbot: QtBot,
    panel: ChatPanel,
    turns: TurnsController,
    chat: ChatController,
    asked: tuple[int, int],
    script: Script,
    settle: Callable[[], None],
) -> None:
    with qtbot.waitSignal(turns.deleted) as deleted:
        panel.delete_requested.emit(asked[0])
    script.hold = threading.Event()
    chat.send("Else?")
    turns.restore(deleted.args[0])
    assert chat.path[0].text == "Else?"
    script.hold.set()
    settle()
    assert texts(chat) == ["Else?", "Because of outliers."]
    panel.sibling_requested.emit(chat.path[0].id, -1)
    assert [message.id for message in chat.path] == list(asked)


def test_a_fork_is_opened_and_the_old_conversation_stays(
    panel: ChatPanel,
    chat: ChatController,
    archive: Archive,
    asked: tuple[int, int],
    settle: Callable[[], None],
) -> None:
    old = chat.dialogue.conversation
    panel.fork_requested.emit(asked[1])
    assert (texts(chat), chat.dialogue.conversation.id == old.id) == (["Why?", "Because of outliers."], False)
    chat.send("Else?")
    settle()
    assert len(archive.messages(old.id)) == 2


def test_while_an_answer_is_written_nothing_else_changes(
    panel: ChatPanel, chat: ChatController, asked: tuple[int, int], script: Script, settle: Callable[[], None]
) -> None:
    script.hold = threading.Event()
    chat.send("And how?")
    before = [message.id for message in chat.path]
    panel.edit_requested.emit(asked[0], "Else?")
    panel.regenerate_requested.emit(asked[1])
    panel.delete_requested.emit(asked[0])
    panel.continue_requested.emit(asked[1])
    assert [message.id for message in chat.path] == before
    script.hold.set()
    settle()
    assert len(script.asked) == 2


def test_keys_of_messages_that_are_gone_are_ignored(
    panel: ChatPanel, chat: ChatController, asked: tuple[int, int]
) -> None:
    for signal in (panel.regenerate_requested, panel.continue_requested, panel.delete_requested):
        signal.emit(424242)
    panel.fork_requested.emit(424242)
    panel.edit_requested.emit(424242, "x")
    panel.sibling_requested.emit(424242, 1)
    assert [message.id for message in chat.path] == list(asked)


def test_a_failed_answer_that_is_had_again_stays_a_step_away(
    panel: ChatPanel,
    chat: ChatController,
    turns: TurnsController,
    script: Script,
    settle: Callable[[], None],
) -> None:
    script.answer_error = RequestError("The prompt is too long.")
    chat.send("Why?")
    settle()
    script.answer_error = None
    turns.regenerate()
    settle()
    assert chat.path[-1].state == "done"
    panel.sibling_requested.emit(chat.path[-1].id, -1)
    assert chat.path[-1].error == "The prompt is too long."
