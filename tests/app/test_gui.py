from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListView, QToolButton
from pytestqt.qtbot import QtBot

from app.conversations import Archive
from app.dialogue import Dialogue, Origin
from app.engine_thread import EngineThread
from app.gui import Gui
from app.preferences import Preferences
from app.settings import Settings, SettingsFile
from gpu.sampling import Sampling
from tests.app.fake_engine import PLANTED, FakeEngine, Script
from tests.app.windows import begin
from tests.patience import PATIENCE_S
from views.chat.transcript import Transcript
from views.strips import Banner
from views.theme import Theme


@pytest.fixture
def make_gui(qtbot: QtBot, theme: Theme, script: Script, tmp_path: Path) -> Iterator[Callable[[], Gui]]:
    made: list[Gui] = []

    def make() -> Gui:
        archive = partial(Archive, tmp_path / "conversations.sqlite3")
        engine = EngineThread(lambda post: FakeEngine(post, script))
        gui = Gui(theme, Preferences(SettingsFile(tmp_path)), engine, archive)
        qtbot.addWidget(gui.window)
        gui.window.show()
        made.append(gui)
        return gui

    yield make
    for gui in made:
        gui.window.close()


@pytest.fixture
def gui(make_gui: Callable[[], Gui], qtbot: QtBot) -> Gui:
    result = make_gui()
    begin(result)
    qtbot.waitUntil(lambda: result.chat.state == "ready")
    return result


def ask(gui: Gui, qtbot: QtBot, question: str = "Why?") -> None:
    gui.chat.send(question)
    qtbot.waitUntil(lambda: gui.chat.state == "ready" and gui.engine.is_idle)


def test_the_next_answer_is_guessed_ahead_where_the_person_wants_it(
    make_gui: Callable[[], Gui], gui: Gui, qtbot: QtBot, script: Script
) -> None:
    ask(gui, qtbot)
    gui.window.lookup_toggled.emit(True)
    ask(gui, qtbot)
    assert [question.looks_up for question in script.asked] == [False, True]
    gui.window.close()
    assert make_gui().chat._looks_up


def saved(directory: Path) -> Settings:
    return SettingsFile(directory).load().settings


def test_the_window_is_shown_before_anything_is_loaded(make_gui: Callable[[], Gui], script: Script) -> None:
    gui = make_gui()
    assert gui.window.isVisible()
    assert (gui.chat.state, script.thread) == ("empty", "")
    begin(gui)
    assert gui.chat.state == "loading"


def test_an_answer_fills_every_panel(gui: Gui, qtbot: QtBot) -> None:
    ask(gui, qtbot)
    panels = gui.window.panels
    assert gui.chat.path[-1].text == "Because of outliers."
    assert [row[0] for row in panels.spikes.outlier_rows()] == [str(PLANTED)]
    assert panels.memory.rows()
    qtbot.waitUntil(lambda: f"channel {PLANTED}" in panels.damage.worst())


def test_closing_remembers_the_model_the_sampling_and_the_layout(gui: Gui, tmp_path: Path) -> None:
    gui.chat.sampling_chosen.emit(Sampling(temperature=0.0))
    gui.window.close()
    settings = saved(tmp_path)
    assert settings.recent_models == ("demo",)
    assert settings.sampling == Sampling(temperature=0.0)
    assert settings.window_layout


def test_the_next_window_tints_as_the_last_did(gui: Gui, make_gui: Callable[[], Gui]) -> None:
    gui.tokens.choose_reference("W8A8")
    gui.window.panels.chat.tint_toggled.emit(True)
    gui.window.close()
    following = make_gui()
    assert following.tokens.scores.reference == "W8A8"
    (button,) = (
        b for b in following.window.findChildren(QToolButton) if b.text() == "Tint" and b.isCheckable()
    )
    assert button.isChecked()


def test_closing_frees_the_device(gui: Gui, qtbot: QtBot, script: Script) -> None:
    gui.window.close()
    qtbot.waitUntil(lambda: script.closed)


def test_the_next_window_has_the_layout_of_the_last(gui: Gui, make_gui: Callable[[], Gui]) -> None:
    gui.window.resize(gui.window.minimumSizeHint().width(), 650)
    gui.window.panels.memory.parentWidget().parentWidget().hide()
    gui.window.close()
    following = make_gui()
    assert following.window.height() == 650
    assert not following.window.panels.memory.isVisible()


def test_with_spikes_and_damage_hidden_nothing_is_read_back(gui: Gui) -> None:
    probe = gui.spikes.probe()
    assert probe is not None
    gui.window.panel_shown.emit("spikes", False)
    assert probe.sites
    gui.window.panel_shown.emit("damage", False)
    assert not probe.sites
    gui.window.panel_shown.emit("damage", True)
    assert probe.sites


def test_the_next_window_lists_the_conversations_of_the_last(
    gui: Gui, make_gui: Callable[[], Gui], qtbot: QtBot
) -> None:
    ask(gui, qtbot)
    gui.window.close()
    following = make_gui()
    begin(following)
    qtbot.waitUntil(lambda: following.chat.state == "ready")
    listed = following.window.panels.conversations.findChild(QListView)
    row = listed.model().index(1, 0)
    assert row.data() == "Why?"
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=listed.visualRect(row).center())
    assert [message.text for message in following.chat.path] == ["Why?", "Because of outliers."]


def test_what_was_found_is_opened_at_its_message_on_whichever_branch_it_is(gui: Gui, qtbot: QtBot) -> None:
    for question in ("A zebra?", *["And then? " * 400] * 3):
        ask(gui, qtbot, question)
    first, zebra = gui.chat.dialogue.conversation.id, gui.chat.path[0].id
    gui.turns.edit(zebra, "A horse?")
    qtbot.waitUntil(lambda: gui.chat.state == "ready" and gui.engine.is_idle)
    gui.chat.new_chat()
    gui.archive.recorder.drain(PATIENCE_S)
    chats = gui.window.panels.conversations
    for word in ("zebra", "horse"):
        field = chats.findChild(QLineEdit)
        field.clear()
        qtbot.keyClicks(field, word)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert gui.chat.dialogue.conversation.id == first
        assert word in gui.chat.path[0].text
        assert gui.window.panels.chat.findChild(Transcript).verticalScrollBar().value() == 0


def test_an_answer_cut_short_by_the_end_of_the_program_is_named(
    make_gui: Callable[[], Gui], tmp_path: Path, qtbot: QtBot
) -> None:
    left = Archive(tmp_path / "conversations.sqlite3")
    dialogue = Dialogue(left, left.begin())
    dialogue.ask("Why?", Origin())
    left.settle()
    left.store.close()  # as a kill would
    gui = make_gui()
    begin(gui)
    qtbot.waitUntil(lambda: "is kept in “Why?”" in gui.window.findChild(Banner).accessibleName())


def test_settings_that_cannot_be_written_do_not_keep_the_window_open(
    gui: Gui, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.json").unlink()
    (tmp_path / "settings.json").mkdir()
    gui.window.close()
    assert not gui.window.isVisible()
    assert "settings.json" in capsys.readouterr().err


def test_a_settings_file_that_makes_no_sense_is_said_in_the_window(
    make_gui: Callable[[], Gui], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "settings.json").write_text("{", encoding="utf-8")
    gui = make_gui()
    begin(gui)
    qtbot.waitUntil(lambda: gui.chat.state == "ready")
    assert "settings.json" in gui.window.findChild(Banner).accessibleName()


def test_a_fault_is_one_line_in_the_window_and_in_the_terminal(
    gui: Gui, capsys: pytest.CaptureFixture[str]
) -> None:
    gui.report_fault(ZeroDivisionError, ZeroDivisionError("division by zero"), None)
    assert "division by zero" in gui.window.findChild(Banner).accessibleName()
    assert capsys.readouterr().err.count("\n") == 1
