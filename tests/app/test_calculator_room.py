"""The calculator in the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app import catalogue
from app.engine_thread import EngineThread
from app.gui import Gui
from app.messages import ModelWish
from app.preferences import Preferences
from app.settings import SettingsFile
from app.truth import LoadTruth
from gpu.errors import BudgetError, Way
from tests.app.calculator.cases import asked
from tests.app.fake_engine import FakeEngine, Script
from tests.app.test_truth import PAIR
from tests.app.windows import begin
from tests.views.controls import named
from views.strips import Banner
from views.theme import Theme

TRUTH = LoadTruth(PAIR, (("weights", 1000),), (("weights", 1000),), asked())


@pytest.fixture
def gui(
    qtbot: QtBot, theme: Theme, script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Gui]:
    monkeypatch.setattr(catalogue, "own_cards_path", lambda: tmp_path / "gpus.json")
    engine = EngineThread(lambda post: FakeEngine(post, script))
    result = Gui(theme, Preferences(SettingsFile(tmp_path)), engine)
    qtbot.addWidget(result.window)
    result.window.show()
    begin(result)
    qtbot.waitUntil(lambda: result.chat.state == "ready" and result.engine.is_idle)
    yield result
    result.window.close()


@pytest.fixture
def settle(qtbot: QtBot, gui: Gui) -> Callable[[], None]:
    def is_settled() -> bool:
        return gui.pages.calculator.controller is not None and gui.pages.calculator.controller.is_settled

    return lambda: qtbot.waitUntil(is_settled)


def test_nothing_is_built_before_it_is_looked_at(gui: Gui, settle: Callable[[], None]) -> None:
    assert gui.pages.calculator.controller is None
    gui.window.show_workspace("calculator")
    settle()
    assert gui.pages.calculator.panel.verdict.sentence().startswith("Fits this machine's Fake 4090")


def test_the_memory_panel_leads_to_the_calculator(gui: Gui, qtbot: QtBot, settle: Callable[[], None]) -> None:
    link = named(gui.window.panels.memory, QPushButton, "Open in the calculator")
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    settle()
    assert gui.pages.calculator.panel.isVisible()


def test_the_loaded_model_is_reckoned_with_once_it_was_measured(gui: Gui, settle: Callable[[], None]) -> None:
    gui.window.show_workspace("calculator")
    gui.engine.told.emit(TRUTH)
    settle()
    panel = gui.pages.calculator.panel
    assert panel.verdict.detail().startswith("qwen3-0.6b · W4A8 · 8,192 tokens")
    assert "Driver 300 B" in panel.bar.accessibleDescription(), "what it took on top in earlier loads"
    panel.pages.show_page("truth")
    assert "to the byte" in panel.pages.page("truth").sentence()


def test_a_model_that_does_not_fit_can_be_taken_to_the_calculator(
    gui: Gui, qtbot: QtBot, script: Script, settle: Callable[[], None]
) -> None:
    script.open_error = BudgetError(2**31, 2**30, "x.", "y", (Way("8-bit cache", "W4A8+kv8", 64),))
    gui.model.load(ModelWish("demo", "W8A8", None, 512))
    banner = gui.window.findChild(Banner)
    qtbot.waitUntil(lambda: banner.isVisible() and len(banner.buttons()) == 2)
    qtbot.mouseClick(banner.buttons()[1], Qt.MouseButton.LeftButton)
    settle()
    assert gui.pages.calculator.panel.verdict.detail().startswith("demo · W8A8 · 512 tokens")


def test_a_broken_catalogue_of_ones_own_is_said_beside_the_picker(
    gui: Gui, tmp_path: Path, settle: Callable[[], None]
) -> None:
    (tmp_path / "gpus.json").write_text("[]")
    gui.window.show_workspace("calculator")
    settle()
    assert "gpus.json" in gui.pages.calculator.panel.form.field("card").error()
    assert gui.pages.calculator.panel.verdict.sentence().startswith("Fits")
