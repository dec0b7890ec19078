from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.controllers.chat import ChatController
from app.conversations import Archive
from app.engine_thread import EngineThread
from app.messages import ModelWish, Turn
from app.presets import DIRECT
from gpu.errors import RequestError
from gpu.probes.selection import ProbeSelection
from tests.app.fake_engine import Script, facts_for
from tests.views.controls import named
from views.chat import ChatPanel
from views.theme import Theme

FACTS = facts_for(ModelWish("demo"))
SELECTION = ProbeSelection(["lm_head"])


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> ChatPanel:
    result = ChatPanel(theme)
    qtbot.addWidget(result)
    result.show()
    return result


@pytest.fixture
def chat(panel: ChatPanel, engine: EngineThread, archive: Archive) -> ChatController:
    controller = ChatController(panel, engine, lambda: SELECTION, archive)
    controller.set_model(FACTS, ("Try this",))
    return controller


def type_and_send(qtbot: QtBot, panel: ChatPanel, text: str) -> None:
    field = named(panel, QPlainTextEdit, "Message")
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_without_a_model_nothing_can_be_asked(
    panel: ChatPanel, engine: EngineThread, archive: Archive, qtbot: QtBot
) -> None:
    controller = ChatController(panel, engine, lambda: None, archive)
    type_and_send(qtbot, panel, "Why?")
    assert controller.state == "empty"
    assert controller.path == ()


def test_a_typed_question_is_answered(
    qtbot: QtBot, chat: ChatController, panel: ChatPanel, script: Script, settle: Callable[[], None]
) -> None:
    type_and_send(qtbot, panel, "Why?")
    assert chat.state == "answering"
    settle()
    asked, answer = chat.path
    assert (asked.text, answer.text, answer.state) == ("Why?", "Because of outliers.", "done")
    assert answer.note == "3 tokens · 30.0 tok/s"
    assert (answer.model, answer.scheme) == ("demo", "W4A8")
    assert chat.state == "ready"
    (question,) = script.asked
    assert question.turns == (Turn("user", "Why?"),)
    assert question.sampling == DIRECT  # thinking is off
    assert question.probe is SELECTION
    assert question.thinking is False


def test_the_next_question_carries_the_conversation(
    chat: ChatController, script: Script, settle: Callable[[], None]
) -> None:
    for text in ("Why?", "Since when?"):
        chat.send(text)
        settle()
    assert script.asked[1].turns == (
        Turn("user", "Why?"),
        Turn("assistant", "Because of outliers."),
        Turn("user", "Since when?"),
    )


def test_stop_keeps_what_was_written(
    qtbot: QtBot, chat: ChatController, panel: ChatPanel, script: Script, settle: Callable[[], None]
) -> None:
    script.hold = threading.Event()
    chat.send("Why?")
    qtbot.waitUntil(lambda: "outliers" in chat.path[-1].text)
    qtbot.mouseClick(named(panel, QAbstractButton, "Stop"), Qt.MouseButton.LeftButton)
    assert chat.state == "stopping"
    settle()
    assert (chat.path[-1].state, chat.state) == ("cancelled", "ready")


def test_one_answer_at_a_time(chat: ChatController, script: Script, settle: Callable[[], None]) -> None:
    script.hold = threading.Event()
    chat.send("Why?")
    chat.send("And how?")
    script.hold.set()
    settle()
    assert len(script.asked) == 1


def test_a_failure_is_the_answers_failed_state_and_the_chat_goes_on(
    chat: ChatController, script: Script, settle: Callable[[], None]
) -> None:
    script.answer_error = RequestError("The prompt has 99 tokens and the context holds 64.")
    chat.send("Why?")
    settle()
    assert chat.path[-1].state == "failed"
    assert "99 tokens" in chat.path[-1].error
    script.answer_error = None
    chat.send("Why then?")
    settle()
    assert script.asked[-1].turns == (Turn("user", "Why then?"),)  # what came to nothing is not told again


def test_a_new_chat_is_empty_and_what_still_comes_goes_to_the_old_one(
    qtbot: QtBot, chat: ChatController, archive: Archive, script: Script, settle: Callable[[], None]
) -> None:
    script.hold = threading.Event()
    chat.send("Why?")
    qtbot.waitUntil(lambda: bool(script.asked))
    chat.new_chat()
    settle()
    assert chat.path == ()
    assert chat.state == "ready"
    (kept,) = archive.conversations()
    assert [m.state for m in archive.messages(kept.id)] == ["done", "cancelled"]


def test_a_template_without_a_switch_is_not_given_one(
    chat: ChatController, script: Script, settle: Callable[[], None]
) -> None:
    chat.set_model(facts_for(ModelWish("plain"), supports_thinking=False))
    chat.send("Why?")
    settle()
    assert script.asked[0].thinking is None


def test_the_conversation_goes_on_with_another_scheme_or_model(
    chat: ChatController, settle: Callable[[], None]
) -> None:
    chat.send("Why?")
    settle()
    chat.set_model(None)
    chat.set_model(facts_for(ModelWish("demo", scheme="W16A16")))
    assert len(chat.path) == 2
    chat.set_model(facts_for(ModelWish("/models/other")))
    chat.send("And you?")
    settle()
    assert [m.model for m in chat.path if m.role == "assistant"] == ["demo", "/models/other"]


def test_while_a_model_loads_nothing_can_be_asked(chat: ChatController, script: Script) -> None:
    chat.set_loading(True)
    chat.send("Why?")
    assert (chat.state, script.asked) == ("loading", [])
    chat.set_loading(False)
    assert chat.state == "ready"


def test_gauges_show_speed_and_context(
    chat: ChatController, panel: ChatPanel, settle: Callable[[], None]
) -> None:
    chat.send("Why?")
    settle()
    texts = " ".join(panel._gauges.texts())
    assert "30.0 tok/s" in texts
    assert "8 / 64" in texts


def test_an_answer_remembers_whether_it_was_to_think(
    panel: ChatPanel, chat: ChatController, script: Script, settle: Callable[[], None]
) -> None:
    panel.thinking_toggled.emit(True)
    chat.send("Why?")
    settle()
    panel.thinking_toggled.emit(False)
    question = chat.question(chat.path[-1].id)
    assert question is not None
    assert question.thinking is script.asked[-1].thinking is True
    chat.send("And now?")
    settle()
    assert script.asked[-1].thinking is False
