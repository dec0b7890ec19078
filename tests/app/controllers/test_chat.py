from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.controllers.chat import ChatController
from app.engine_thread import EngineThread
from app.messages import ModelWish, Turn
from app.presenters.sampling import sampling_frame
from gpu.errors import RequestError
from gpu.probes.selection import ProbeSelection
from tests.app.fake_engine import Script, facts_for
from tests.views.controls import named
from views.chat import ChatPanel
from views.frames import SamplingFrame
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
def chat(panel: ChatPanel, engine: EngineThread) -> ChatController:
    controller = ChatController(panel, engine, lambda: SELECTION)
    controller.set_model(FACTS, ("Try this",))
    return controller


def type_and_send(qtbot: QtBot, panel: ChatPanel, text: str) -> None:
    field = named(panel, QPlainTextEdit, "Message")
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_without_a_model_nothing_can_be_asked(panel: ChatPanel, engine: EngineThread, qtbot: QtBot) -> None:
    controller = ChatController(panel, engine, lambda: None)
    type_and_send(qtbot, panel, "Why?")
    assert controller.state == "empty"
    assert controller.exchanges == ()


def test_a_typed_question_is_answered(
    qtbot: QtBot, chat: ChatController, panel: ChatPanel, script: Script, settle: Callable[[], None]
) -> None:
    type_and_send(qtbot, panel, "Why?")
    assert chat.state == "answering"
    settle()
    (exchange,) = chat.exchanges
    assert (exchange.question, exchange.answer, exchange.state) == ("Why?", "Because of outliers.", "done")
    assert exchange.note == "3 tokens · 30.0 tok/s"
    assert chat.state == "ready"
    (question,) = script.asked
    assert question.turns == (Turn("user", "Why?"),)
    assert question.sampling == FACTS.sampling
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
    qtbot.waitUntil(lambda: "outliers" in chat.exchanges[-1].answer)
    qtbot.mouseClick(named(panel, QAbstractButton, "Stop"), Qt.MouseButton.LeftButton)
    assert chat.state == "stopping"
    settle()
    assert (chat.exchanges[-1].state, chat.state) == ("cancelled", "ready")


def test_one_answer_at_a_time(chat: ChatController, script: Script, settle: Callable[[], None]) -> None:
    script.hold = threading.Event()
    chat.send("Why?")
    chat.send("And how?")
    chat.regenerate()
    script.hold.set()
    settle()
    assert len(script.asked) == 1


def test_a_failure_is_the_answers_failed_state_and_the_chat_goes_on(
    chat: ChatController, script: Script, settle: Callable[[], None]
) -> None:
    script.answer_error = RequestError("The prompt has 99 tokens and the context holds 64.")
    chat.send("Why?")
    settle()
    assert chat.exchanges[-1].state == "failed"
    assert "99 tokens" in chat.exchanges[-1].error
    script.answer_error = None
    chat.regenerate()
    settle()
    (exchange,) = chat.exchanges
    assert (exchange.state, exchange.answer) == ("done", "Because of outliers.")


def test_a_new_chat_forgets_and_what_still_comes_is_not_shown(
    qtbot: QtBot, chat: ChatController, script: Script, settle: Callable[[], None]
) -> None:
    script.hold = threading.Event()
    chat.send("Why?")
    qtbot.waitUntil(lambda: bool(script.asked))
    chat.new_chat()
    settle()
    assert chat.exchanges == ()
    assert chat.state == "ready"


def test_thinking_and_sampling_go_with_the_question(
    chat: ChatController, panel: ChatPanel, script: Script, settle: Callable[[], None], qtbot: QtBot
) -> None:
    qtbot.mouseClick(named(panel, QAbstractButton, "Thinking"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(chat.sampling_chosen) as chosen:
        panel.sampling_changed.emit(_frame(temperature=0.0, max_tokens=5))
    chat.send("Why?")
    settle()
    (question,) = script.asked
    assert question.thinking is True
    assert question.sampling.temperature == 0.0
    assert question.max_new_tokens == 5
    assert chosen.args == [question.sampling]


def test_the_models_own_sampling_is_not_remembered_as_a_choice(chat: ChatController, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chat.sampling_chosen) as chosen:
        chat._choose_sampling(_frame(temperature=FACTS.sampling.temperature))
    assert chosen.args == [None]


def test_a_template_without_a_switch_is_not_given_one(
    chat: ChatController, script: Script, settle: Callable[[], None]
) -> None:
    chat.set_model(facts_for(ModelWish("plain"), supports_thinking=False))
    chat.send("Why?")
    settle()
    assert script.asked[0].thinking is None


def test_another_scheme_keeps_the_conversation_and_another_model_does_not(
    chat: ChatController, settle: Callable[[], None]
) -> None:
    chat.send("Why?")
    settle()
    chat.set_model(None)
    chat.set_model(facts_for(ModelWish("demo", scheme="W16A16")))
    assert len(chat.exchanges) == 1
    chat.set_model(facts_for(ModelWish("/models/other")))
    assert chat.exchanges == ()


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


def _frame(**changes: Any) -> SamplingFrame:
    return replace(sampling_frame(FACTS.sampling), **changes)
