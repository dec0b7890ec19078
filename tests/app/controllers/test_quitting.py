"""A window that would take unsaved conversations with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.controllers.exchange import ExchangeController, FileDialogs
from app.controllers.quitting import QuitController
from app.conversations import Archive
from app.conversations.exchange import read_file
from app.dialogue import Dialogue, Origin
from app.presenters.failure import QUIT_ANYWAY, SAVE_AS_FILE
from tests.patience import PATIENCE_S
from views.conversations import ConversationsPanel
from views.frames import BannerFrame
from views.theme import Theme

PAGES_OF_A_FULL_DISK, PAGES_OF_ANOTHER = 1, 100_000


class Window(QWidget):
    banner_action = Signal(str)
    banner: BannerFrame | None = None
    quitting: QuitController

    def set_banner(self, frame: BannerFrame) -> None:
        self.banner = frame


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Archive]:
    """On a disk that is full, with a conversation that waits for room."""
    result = Archive(tmp_path / "talks.sqlite3")
    set_pages(result, PAGES_OF_A_FULL_DISK)
    Dialogue(result, result.begin()).ask("Why? " * 10_000, Origin())
    yield result
    result.close()


@pytest.fixture
def exchange(qtbot: QtBot, theme: Theme, kept: Archive, tmp_path: Path) -> Iterator[ExchangeController]:
    panel = ConversationsPanel(theme)
    qtbot.addWidget(panel)
    result = ExchangeController(panel, kept, FileDialogs(lambda _: str(tmp_path / "saved.json"), lambda: ()))
    yield result
    assert result.stop(PATIENCE_S)


@pytest.fixture
def window(qtbot: QtBot, kept: Archive, exchange: ExchangeController) -> Window:
    result = Window()
    qtbot.addWidget(result)
    result.quitting = QuitController(result, kept, exchange)  # type: ignore[arg-type]
    result.show()
    return result


def set_pages(archive: Archive, pages: int) -> None:
    archive.store._writer.execute(f"PRAGMA max_page_count = {pages}")


def test_a_window_with_nothing_to_lose_closes(window: Window, kept: Archive) -> None:
    set_pages(kept, PAGES_OF_ANOTHER)
    assert window.close()
    assert window.banner is None


def test_what_is_not_saved_keeps_it_open_until_it_is_in_a_file(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    assert not window.close()
    assert window.isVisible()
    assert window.banner is not None
    assert "1 conversation is not saved" in window.banner.sentence
    window.banner_action.emit(SAVE_AS_FILE)
    qtbot.waitUntil(lambda: not window.isVisible())
    ((_, (question, _)),) = read_file(tmp_path / "saved.json")
    assert question.text.startswith("Why?")


def test_it_can_be_given_up(window: Window) -> None:
    window.close()
    window.banner_action.emit(QUIT_ANYWAY)
    assert not window.isVisible()


def test_a_file_that_cannot_be_written_leaves_it_open(
    window: Window, exchange: ExchangeController, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "saved.json").mkdir()
    window.close()
    with qtbot.waitSignal(exchange.told):
        window.banner_action.emit(SAVE_AS_FILE)
    qtbot.waitUntil(lambda: exchange.is_idle)
    assert window.isVisible()


def test_conversations_kept_in_memory_for_want_of_a_database_are_unsaved(tmp_path: Path) -> None:
    (tmp_path / "talks.sqlite3").mkdir()
    archive = Archive(tmp_path / "talks.sqlite3")
    assert archive.unsaved() == ()
    Dialogue(archive, archive.begin()).ask("Why?", Origin())
    assert [one.title for one in archive.unsaved()] == ["Why?"]
    archive.close()


def test_trouble_is_said_and_its_end_too(window: Window) -> None:
    window.quitting.tell("The disk is full.")
    assert window.banner == BannerFrame("warning", "The disk is full.")
    window.quitting.tell("")
    assert window.banner == BannerFrame("info", "The conversations are saved again.")
