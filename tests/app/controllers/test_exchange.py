"""Files in and out, as the person asks for them in the list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.controllers.exchange import ExchangeController, Imported
from app.conversations import Archive, Conversation
from app.dialogue import Dialogue, Origin
from gpu.errors import QuantscopeError
from tests.app.controllers.fake_files import Files
from tests.patience import PATIENCE_S
from views.conversations import ConversationsPanel
from views.theme import Theme

NONE = Conversation(0)


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> ConversationsPanel:
    result = ConversationsPanel(theme)
    qtbot.addWidget(result)
    return result


@pytest.fixture
def exchange(panel: ConversationsPanel, archive: Archive, files: Files) -> Iterator[ExchangeController]:
    result = ExchangeController(panel, archive, files.dialogs)
    yield result
    assert result.stop(PATIENCE_S)


@pytest.fixture
def heard(exchange: ExchangeController) -> list[object]:
    """What was imported and told, in order."""
    letters: list[object] = []
    exchange.imported.connect(letters.append)
    exchange.told.connect(letters.append)
    return letters


@pytest.fixture
def finish(exchange: ExchangeController, qtbot: QtBot) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: exchange.is_idle)


@pytest.fixture
def talk(archive: Archive) -> Conversation:
    dialogue = Dialogue(archive, archive.begin())
    dialogue.ask("First: a question/answer?", Origin())
    return dialogue.conversation


@pytest.mark.parametrize(
    ("form", "suffix", "typed"),
    [("markdown", ".md", "out"), ("markdown", ".md", "out.md"), ("json", ".json", "out.json")],
)
def test_one_is_exported_and_taken_in_again(  # noqa: PLR0917
    panel: ConversationsPanel,
    exchange: ExchangeController,
    archive: Archive,
    talk: Conversation,
    files: Files,
    heard: list[object],
    finish: Callable[[], None],
    tmp_path: Path,
    form: str,
    suffix: str,
    typed: str,
) -> None:
    files.chosen = (str(tmp_path / typed),)
    panel.export_requested.emit(talk.id, form)
    finish()
    assert files.suggested == f"First a questionanswer{suffix}"
    files.chosen = (str(tmp_path / f"out{suffix}"),)
    exchange.import_files(talk)
    finish()
    (imported,) = heard
    assert isinstance(imported, Imported)
    assert imported.shown is talk
    (copy,) = imported.conversations
    assert (copy.id != talk.id, copy.title) == (True, talk.title)
    assert [m.text for m in archive.messages(copy.id)] == ["First: a question/answer?", ""]


def test_all_are_exported_into_one_file_and_nothing_into_none(
    panel: ConversationsPanel,
    archive: Archive,
    talk: Conversation,
    files: Files,
    exchange: ExchangeController,
    heard: list[object],
    finish: Callable[[], None],
    tmp_path: Path,
) -> None:
    Dialogue(archive, archive.begin()).ask("Second?", Origin())
    files.chosen = (str(tmp_path / "all.json"),)
    panel.export_all_requested.emit()
    finish()
    assert files.suggested == "conversations.json"
    exchange.import_files(NONE)
    finish()
    assert {one.title for one in heard[0].conversations} == {talk.title, "Second?"}
    files.chosen, files.suggested = (), ""
    for one in archive.conversations():
        archive.delete(one.id)
    panel.export_all_requested.emit()
    assert (files.suggested, exchange.is_idle) == ("", True)
    assert heard[-1] == "There is no conversation to export yet."


def test_a_file_that_is_none_of_ours_is_named_and_the_next_is_taken(
    panel: ConversationsPanel,
    talk: Conversation,
    files: Files,
    exchange: ExchangeController,
    heard: list[object],
    finish: Callable[[], None],
    tmp_path: Path,
) -> None:
    ours, foreign = tmp_path / "ours.json", tmp_path / "foreign.json"
    foreign.write_text('{"chats": []}')
    files.chosen = (str(ours),)
    panel.export_requested.emit(talk.id, "json")
    finish()
    files.chosen = (str(foreign), str(ours))
    exchange.import_files(NONE)
    finish()
    refused, imported = heard
    assert str(foreign) in refused
    assert imported.conversations[0].title == talk.title


def test_a_folder_that_cannot_be_written_to_is_told(
    panel: ConversationsPanel,
    talk: Conversation,
    files: Files,
    heard: list[object],
    finish: Callable[[], None],
    tmp_path: Path,
) -> None:
    files.chosen = (str(tmp_path / "missing" / "x.json"),)
    panel.export_requested.emit(talk.id, "json")
    finish()
    assert "cannot be written" in heard[0]


def test_how_far_it_is_can_be_seen_and_it_can_be_cancelled(
    panel: ConversationsPanel,
    exchange: ExchangeController,
    files: Files,
    heard: list[object],
    finish: Callable[[], None],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cancelled = threading.Event()

    def slow(_store: object, _path: Path, _now_ms: int, tick: Callable[[float], None]) -> None:
        try:
            while True:
                tick(0.25)
        except QuantscopeError:
            cancelled.set()
            raise

    monkeypatch.setattr("app.controllers.exchange.import_file", slow)
    monkeypatch.setattr("app.controllers.exchange._QUICK_S", 0.0)
    files.chosen = ("slow.json",)
    exchange.import_files(NONE)
    qtbot.waitUntil(lambda: exchange.work is not None)
    assert (exchange.work.text, exchange.work.share) == ("Importing slow.json", 0.25)
    exchange.import_files(NONE)
    assert "under way" in heard[0]
    panel.work_cancelled.emit()
    finish()
    assert cancelled.is_set()
    assert (exchange.work, len(heard)) == (None, 1)
