from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from app.attachments import Attachment
from app.controllers.chat import ChatController
from app.conversations import Archive
from app.engine_thread import EngineThread
from app.messages import ModelWish, Turn
from app.presenters.sampling import sampling_frame
from app.presets import DIRECT
from app.tasks.count import Counted
from gpu.sampling import Sampling
from tests.app.fake_engine import Script, facts_for
from tests.views.controls import named
from views.chat import ChatPanel
from views.frames import SamplingFrame
from views.theme import Theme

FACTS = facts_for(ModelWish("demo"))


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> ChatPanel:
    result = ChatPanel(theme)
    qtbot.addWidget(result)
    result.show()
    return result


@pytest.fixture
def chat(panel: ChatPanel, engine: EngineThread, archive: Archive) -> ChatController:
    controller = ChatController(panel, engine, lambda: None, archive)
    controller.set_model(FACTS)
    return controller


def frame(**changes: Any) -> SamplingFrame:
    return replace(sampling_frame(DIRECT), **changes)


def test_thinking_and_sampling_go_with_the_question(
    chat: ChatController, panel: ChatPanel, script: Script, settle: Callable[[], None], qtbot: QtBot
) -> None:
    qtbot.mouseClick(named(panel, QAbstractButton, "Thinking"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(chat.sampling_chosen) as chosen:
        panel.sampling_changed.emit(frame(temperature=0.0, max_tokens=5))
    chat.send("Why?")
    settle()
    (question,) = script.asked
    assert question.thinking is True
    assert question.sampling.temperature == 0.0
    assert question.max_new_tokens == 5
    assert chosen.args == [question.sampling]
    assert chat.path[-1].sampling == question.sampling


def test_recommended_values_are_not_remembered_as_a_choice(
    chat: ChatController, panel: ChatPanel, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(chat.sampling_chosen) as chosen:
        panel.sampling_changed.emit(frame())
    assert chosen.args == [None]


def test_what_is_recommended_follows_the_thinking_switch(
    chat: ChatController, panel: ChatPanel, script: Script, settle: Callable[[], None]
) -> None:
    for thinking, expected in ((True, FACTS.sampling), (False, DIRECT)):
        panel.thinking_toggled.emit(thinking)
        chat.send("Why?")
        settle()
        assert script.asked[-1].sampling == expected


def test_a_preset_sets_the_values(chat: ChatController, panel: ChatPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(chat.sampling_chosen) as chosen:
        panel.preset_chosen.emit("greedy")
    assert chosen.args == [Sampling(temperature=0.0)]
    assert chat.composer.frame("ready").preset == "greedy"
    panel.preset_chosen.emit("auto")
    assert chat.composer.sampling == DIRECT


def test_the_system_prompt_and_the_policy_belong_to_the_conversation(
    chat: ChatController, panel: ChatPanel, script: Script, archive: Archive, settle: Callable[[], None]
) -> None:
    panel.system_prompt_changed.emit("Be brief.")
    panel.context_policy_chosen.emit("forget")
    chat.send("Why?")
    settle()
    assert script.asked[-1].turns[0] == Turn("system", "Be brief.")
    assert script.asked[-1].when_full == "forget"
    (kept,) = archive.conversations()
    assert (kept.system_prompt, kept.when_full) == ("Be brief.", "forget")
    chat.new_chat()
    assert (chat.dialogue.conversation.system_prompt, chat.dialogue.conversation.when_full) == ("", "forget")


def test_a_text_goes_along_with_one_question(
    chat: ChatController, panel: ChatPanel, script: Script, settle: Callable[[], None]
) -> None:
    chat.composer.attach(Attachment("a.py", "x = 1"))
    chat.composer.attach(Attachment("b.py", "y = 2"))
    panel.attachment_removed.emit(1)
    chat.send("What is this?")
    settle()
    (turn,) = script.asked[-1].turns
    assert "x = 1" in turn.text
    assert "y = 2" not in turn.text
    assert chat.path[0].text == "What is this?"
    assert chat.composer.take_attachments() == ()


def test_a_text_longer_than_the_context_is_marked_before_it_is_sent(chat: ChatController) -> None:
    short, long = Attachment("a.py", "x = 1"), Attachment("b.txt", "word " * 500)
    for attached, tokens in ((short, FACTS.context_tokens - 1), (long, FACTS.context_tokens)):
        chat.composer.attach(attached)
        chat.composer._hear(Counted(attached, tokens))
    notes = [one.note for one in chat.composer.frame("ready").attachments]
    assert notes == ["", "more than the context's 64"]


def test_what_was_asked_before_can_be_had_with_the_up_key(
    chat: ChatController, settle: Callable[[], None]
) -> None:
    for text in ("Why?", "And how?"):
        chat.send(text)
        settle()
    assert chat.composer.frame("ready").history == ("Why?", "And how?")


def test_text_files_go_along_and_others_are_refused_in_a_sentence(
    chat: ChatController, panel: ChatPanel, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "notes.txt").write_text("Remember this.", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\x00\x00")
    with qtbot.waitSignal(chat.composer.refused) as refused:
        panel.attach_requested.emit([str(tmp_path / "picture.png"), str(tmp_path / "notes.txt")])
    panel.paste_attached.emit("word " * 5000)
    assert "picture.png" in refused.args[0]
    assert [one.name for one in chat.composer.frame("ready").attachments] == ["notes.txt", "Pasted text"]
