from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from app.controllers.chat import ChatController
from app.controllers.conversations import ConversationsController
from app.controllers.turns import TurnsController
from app.conversations import Archive
from app.engine_thread import EngineThread
from app.messages import ModelWish
from tests.app.controllers.fake_files import Files
from tests.app.fake_engine import Script, facts_for
from tests.patience import PATIENCE_S
from views.chat import ChatPanel
from views.conversations import ConversationsPanel
from views.frames.conversations import ConversationRow, ConversationsFrame
from views.theme import Theme


@pytest.fixture
def chat(qtbot: QtBot, theme: Theme, engine: EngineThread, archive: Archive) -> ChatController:
    panel = ChatPanel(theme)
    qtbot.addWidget(panel)
    controller = ChatController(panel, engine, lambda: None, archive)
    controller.set_model(facts_for(ModelWish("demo")))
    return controller


@pytest.fixture
def turns(chat: ChatController, archive: Archive) -> TurnsController:
    return TurnsController(chat.parent(), chat, archive)


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> ConversationsPanel:
    result = ConversationsPanel(theme)
    qtbot.addWidget(result)
    return result


@pytest.fixture(autouse=True)
def shown(panel: ConversationsPanel, monkeypatch: pytest.MonkeyPatch) -> list[ConversationsFrame]:
    """The frames the panel was given, newest last."""
    frames: list[ConversationsFrame] = []
    draw = panel.set_frame
    monkeypatch.setattr(panel, "set_frame", lambda frame: (frames.append(frame), draw(frame)))
    return frames


@pytest.fixture(autouse=True)
def conversations(
    panel: ConversationsPanel,
    chat: ChatController,
    turns: TurnsController,
    archive: Archive,
    files: Files,
) -> Iterator[ConversationsController]:
    result = ConversationsController(panel, chat, turns, archive, files.dialogs)
    yield result
    assert result.exchange.stop(PATIENCE_S)


@pytest.fixture
def exchanged(conversations: ConversationsController, qtbot: QtBot) -> Callable[[], None]:
    """Waits for the end of an import or export."""
    return lambda: qtbot.waitUntil(lambda: conversations.exchange.is_idle)


@pytest.fixture
def talk(chat: ChatController, settle: Callable[[], None]) -> Callable[[str], int]:
    """Ask something in a conversation of its own; its key."""

    def ask(text: str) -> int:
        chat.new_chat()
        chat.send(text)
        settle()
        return chat.dialogue.conversation.id

    return ask


def rows(shown: list[ConversationsFrame]) -> dict[int, ConversationRow]:
    return {row.key: row for frame in shown[-1:] for section in frame.sections for row in section.rows}


def test_a_conversation_is_listed_from_its_first_question_on(
    chat: ChatController,
    shown: list[ConversationsFrame],
    script: Script,
    settle: Callable[[], None],
) -> None:
    assert rows(shown) == {}
    script.hold = threading.Event()
    chat.send("Why do outliers matter?")
    (row,) = rows(shown).values()
    assert (row.title, row.detail) == ("Why do outliers matter?", "answering… · W4A8")
    script.hold.set()
    settle()
    (row,) = rows(shown).values()
    assert row.detail.endswith("W4A8")
    assert shown[-1].current == chat.dialogue.conversation.id


def test_another_is_opened_and_the_one_on_show_stays(
    panel: ConversationsPanel,
    conversations: ConversationsController,
    chat: ChatController,
    talk: Callable[[str], int],
    shown: list[ConversationsFrame],
    qtbot: QtBot,
) -> None:
    first, second = talk("First?"), talk("Second?")
    with qtbot.waitSignal(conversations.opened) as opened:
        panel.opened.emit(first)
    assert (opened.args[0].id, opened.args[0].scheme) == (first, "W4A8")
    assert [message.text for message in chat.path] == ["First?", "Because of outliers."]
    assert shown[-1].current == first
    assert set(rows(shown)) == {first, second}


def test_titles_and_pins_reach_list_archive_and_the_open_dialogue(
    panel: ConversationsPanel,
    chat: ChatController,
    archive: Archive,
    talk: Callable[[str], int],
    shown: list[ConversationsFrame],
) -> None:
    first, second = talk("First?"), talk("Second?")
    panel.renamed.emit(second, "Renamed")
    panel.pin_toggled.emit(first)
    assert rows(shown)[second].title == archive.conversation(second).title == "Renamed"
    assert chat.dialogue.conversation.title == "Renamed"
    assert shown[-1].sections[0].title == "Pinned"
    panel.pin_toggled.emit(first)
    assert not archive.conversation(first).pinned


def test_a_deleted_conversation_comes_back_whole(
    panel: ConversationsPanel,
    chat: ChatController,
    talk: Callable[[str], int],
    shown: list[ConversationsFrame],
) -> None:
    first, second = talk("First?"), talk("Second?")
    panel.show()
    panel.findChild(QListView).setFocus()
    panel.delete_requested.emit(second)
    assert panel.isAncestorOf(panel.focusWidget())  # where Ctrl+Z brings it back
    assert set(rows(shown)) == {first}
    assert (chat.path, shown[-1].undo) == ((), "Deleted “Second?”")
    panel.delete_requested.emit(first)
    for key, question in ((first, "First?"), (second, "Second?")):
        panel.undo_requested.emit()
        assert key in rows(shown)
        assert [message.text for message in chat.path] == [question, "Because of outliers."]
    assert shown[-1].undo == ""
    panel.undo_requested.emit()
    assert set(rows(shown)) == {first, second}


def test_deleted_messages_come_back_in_their_conversation(
    panel: ConversationsPanel,
    chat: ChatController,
    turns: TurnsController,
    talk: Callable[[str], int],
    shown: list[ConversationsFrame],
) -> None:
    first = talk("First?")
    turns.delete(chat.path[0].id)
    assert shown[-1].undo == "Deleted 2 messages"
    talk("Second?")
    panel.undo_requested.emit()
    assert chat.dialogue.conversation.id == first
    assert [message.text for message in chat.path] == ["First?", "Because of outliers."]


def test_deleted_messages_come_back_from_a_conversation_that_is_being_answered(
    panel: ConversationsPanel,
    chat: ChatController,
    turns: TurnsController,
    talk: Callable[[str], int],
    script: Script,
    settle: Callable[[], None],
) -> None:
    first = talk("First?")
    turns.delete(chat.path[0].id)
    chat.new_chat()
    script.hold = threading.Event()
    chat.send("Second?")
    panel.undo_requested.emit()
    settle()
    assert chat.dialogue.conversation.id == first
    assert [message.text for message in chat.path] == ["First?", "Because of outliers."]


def test_words_are_found(
    panel: ConversationsPanel, archive: Archive, talk: Callable[[str], int], shown: list[ConversationsFrame]
) -> None:
    first, second = talk("What is a scale?"), talk("What is a threshold?")
    archive.settle()
    panel.search_changed.emit("thresh")
    assert set(rows(shown)) == {second}
    panel.search_changed.emit("outliers")
    assert ("outliers", True) in rows(shown)[first].snippet
    panel.search_changed.emit("zebra")
    assert shown[-1].note == "No conversation has “zebra” in it."
    panel.search_changed.emit("")
    assert set(rows(shown)) == {first, second}


def test_what_was_imported_is_shown_unless_the_person_went_on(
    panel: ConversationsPanel,
    chat: ChatController,
    talk: Callable[[str], int],
    files: Files,
    shown: list[ConversationsFrame],
    exchanged: Callable[[], None],
    tmp_path: Path,
) -> None:
    first = talk("First?")
    files.chosen = (str(tmp_path / "one.json"),)
    panel.export_requested.emit(first, "json")
    exchanged()
    panel.import_requested.emit()
    exchanged()
    copy = chat.dialogue.conversation.id
    assert copy != first
    assert [message.text for message in chat.path] == ["First?", "Because of outliers."]
    panel.import_requested.emit()
    chat.new_chat()
    exchanged()
    assert chat.path == ()
    assert len(rows(shown)) == 3


def test_a_conversation_that_cannot_be_read_leaves_the_open_one(
    panel: ConversationsPanel,
    conversations: ConversationsController,
    chat: ChatController,
    turns: TurnsController,
    archive: Archive,
    talk: Callable[[str], int],
    shown: list[ConversationsFrame],
    qtbot: QtBot,
) -> None:
    first, second = talk("First?"), talk("Second?")
    panel.opened.emit(first)
    turns.delete(chat.path[0].id)
    panel.opened.emit(second)
    archive.settle()
    archive.store.close()
    for act in (lambda: panel.opened.emit(first), panel.undo_requested.emit):
        with qtbot.waitSignal(conversations.told):
            act()
        assert chat.dialogue.conversation.id == second
    assert shown[-1].undo == "Deleted 2 messages"


def test_an_answer_that_is_being_written_goes_on_to_its_end_in_the_list(
    panel: ConversationsPanel,
    chat: ChatController,
    archive: Archive,
    talk: Callable[[str], int],
    script: Script,
    settle: Callable[[], None],
) -> None:
    first = talk("First?")
    script.hold = threading.Event()
    chat.new_chat()
    chat.send("Second?")
    second = chat.dialogue.conversation.id
    panel.delete_requested.emit(second)
    script.hold.set()
    settle()
    assert [one.id for one in archive.conversations()] == [first]
