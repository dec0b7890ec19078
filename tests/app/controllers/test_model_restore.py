"""A conversation goes on with the model and the scheme it was held with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.controllers.model import ModelController
from app.engine_thread import EngineThread
from app.preferences import Preferences
from app.settings import SettingsFile
from tests.app.controllers.test_model import banner
from tests.app.fake_engine import Script
from tests.patience import PATIENCE_S
from views.main_window import MainWindow
from views.strips import Banner


@pytest.fixture
def model(window: MainWindow, engine: EngineThread, tmp_path: Path) -> ModelController:
    return ModelController(window, engine, Preferences(SettingsFile(tmp_path)), lambda: "")


def test_what_a_conversation_was_held_with_is_opened_where_it_differs(
    model: ModelController, window: MainWindow, script: Script, settle: Callable[[], None]
) -> None:
    model.restore("demo", "W8A8")  # before anything was opened
    model.open_demo()
    settle()
    model.restore("demo", "W4A8")
    model.restore("", "")
    settle()
    assert [wish.scheme for wish in script.opened] == ["W4A8"]
    model.restore("demo", "W8A8")
    model.restore("demo", "W4A16")  # on to the next before the first is loaded
    settle()
    assert script.opened[-1].scheme == "W4A16"
    assert banner(window) == ""


def test_while_the_engine_is_busy_it_is_only_offered(
    model: ModelController,
    window: MainWindow,
    engine: EngineThread,
    script: Script,
    qtbot: QtBot,
    settle: Callable[[], None],
) -> None:
    model.open_demo()
    settle()
    busy = threading.Event()
    engine.run(lambda _desk, _cancel: busy.wait(PATIENCE_S) and None)
    model.restore("demo", "W8A8")
    assert "This conversation was held with Demo in W8A8." in banner(window)
    busy.set()
    settle()
    assert script.opened[-1].scheme == "W4A8"
    qtbot.mouseClick(window.findChild(Banner).buttons()[0], Qt.MouseButton.LeftButton)
    settle()
    assert script.opened[-1].scheme == "W8A8"


def test_a_model_that_is_gone_leaves_the_open_one(
    model: ModelController, window: MainWindow, script: Script, settle: Callable[[], None]
) -> None:
    model.open_demo()
    settle()
    model.restore("/models/gone", "W8A8")
    settle()
    assert "held with gone in W8A8, which is not on this machine" in banner(window)
    assert len(script.opened) == 1
