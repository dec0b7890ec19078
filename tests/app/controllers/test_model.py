from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.controllers.model import ModelController
from app.engine_thread import EngineThread
from app.messages import Failure, ModelFacts, Notice
from app.preferences import Preferences
from app.settings import SettingsFile
from gpu.errors import BudgetError, FormatError, Way
from tests.app.fake_engine import SECOND, Script
from views.main_window import MainWindow
from views.strips import Banner, LoadStrip


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(SettingsFile(tmp_path))


@pytest.fixture
def model(window: MainWindow, engine: EngineThread, preferences: Preferences) -> ModelController:
    return ModelController(window, engine, preferences, lambda: "/models/chosen")


@pytest.fixture
def changes(model: ModelController) -> list[ModelFacts | None]:
    result: list[ModelFacts | None] = []
    model.model_changed.connect(result.append)
    return result


def banner(window: MainWindow) -> str:
    """The sentence above the chat, empty where there is none."""
    found = window.findChild(Banner)
    return found.accessibleName() if found.isVisible() else ""


def test_the_demo_is_opened_with_the_scheme_in_use(
    window: MainWindow,
    changes: list[ModelFacts | None],
    preferences: Preferences,
    settle: Callable[[], None],
) -> None:
    window.demo_requested.emit()
    settle()
    (facts,) = changes
    assert facts is not None
    assert (facts.wish.model, facts.wish.scheme) == ("demo", "W4A8")
    assert preferences.settings.recent_models == ("demo",)
    assert window.windowTitle().startswith("Demo")


def test_the_window_shows_how_far_loading_is_and_can_cancel_it(
    qtbot: QtBot, window: MainWindow, model: ModelController, script: Script, settle: Callable[[], None]
) -> None:
    script.open_hold = threading.Event()
    script.open_error = None
    model.open_demo()
    strip = window.findChild(LoadStrip)
    qtbot.waitUntil(lambda: "1.00 GiB of 2.00 GiB" in strip.text())
    window.load_cancelled.emit()
    settle()
    assert not strip.isVisible()


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("name", "opened"), [("model.safetensors", "."), ("config.json", "."), ("weights.bin", "weights.bin")]
)
def test_a_dropped_file_of_a_checkpoint_stands_for_its_directory(
    window: MainWindow,
    script: Script,
    settle: Callable[[], None],
    tmp_path: Path,
    name: str,
    opened: str,
) -> None:
    (tmp_path / name).touch()
    window.model_dropped.emit(str(tmp_path / name))
    settle()
    assert script.opened[0].model == str(tmp_path / opened)


@pytest.mark.usefixtures("model")
def test_the_dialogs_choice_is_opened(window: MainWindow, script: Script, settle: Callable[[], None]) -> None:
    window.open_requested.emit()
    settle()
    assert script.opened[0].model == "/models/chosen"


def test_a_closed_dialog_opens_nothing(
    window: MainWindow, engine: EngineThread, preferences: Preferences, script: Script
) -> None:
    ModelController(window, engine, preferences, lambda: "").open_chosen()
    assert script.opened == []


def test_a_broken_model_is_a_sentence_and_the_open_one_stays(
    window: MainWindow,
    model: ModelController,
    changes: list[ModelFacts | None],
    preferences: Preferences,
    script: Script,
    settle: Callable[[], None],
) -> None:
    model.open_demo()
    settle()
    script.open_error = FormatError("/models/broken", "is cut off.")
    model.open("/models/broken")
    settle()
    assert banner(window) == "Error: /models/broken: is cut off."
    assert len(changes) == 1
    assert preferences.settings.recent_models == ("demo",)
    script.open_error = None
    window.banner_action.emit("load_again")
    settle()
    assert banner(window) == ""
    assert len(changes) == 2


def test_changing_the_scheme_loads_again_and_is_remembered_only_if_it_works(
    window: MainWindow,
    model: ModelController,
    preferences: Preferences,
    script: Script,
    settle: Callable[[], None],
) -> None:
    model.open_demo()
    settle()
    window.scheme_chosen.emit("W8A8")
    settle()
    assert [wish.scheme for wish in script.opened] == ["W4A8", "W8A8"]
    assert preferences.settings.scheme == "W8A8"
    script.open_error = MemoryError()
    window.scheme_chosen.emit("W16A16")
    settle()
    assert preferences.settings.scheme == "W8A8"


def test_other_kernels_load_again_and_both_switches_are_remembered(
    window: MainWindow,
    model: ModelController,
    preferences: Preferences,
    script: Script,
    settle: Callable[[], None],
) -> None:
    window.tuning_toggled.emit(False)
    model.open_demo()
    settle()
    window.tuning_toggled.emit(True)
    settle()
    assert [wish.tunes for wish in script.opened] == [False, True]
    window.lookup_toggled.emit(True)
    assert (preferences.settings.tunes, preferences.settings.looks_up) == (True, True)


def test_another_adapter_loads_again(
    window: MainWindow,
    model: ModelController,
    preferences: Preferences,
    script: Script,
    settle: Callable[[], None],
) -> None:
    window.adapter_chosen.emit(SECOND.name)
    assert script.opened == []
    model.open_demo()
    settle()
    window.adapter_chosen.emit("")
    settle()
    assert [wish.adapter for wish in script.opened] == [SECOND.name, None]
    assert preferences.settings.adapter is None


def test_opening_another_model_while_one_loads_takes_the_other(
    window: MainWindow,
    model: ModelController,
    changes: list[ModelFacts | None],
    script: Script,
    settle: Callable[[], None],
    qtbot: QtBot,
) -> None:
    script.open_hold = threading.Event()
    loading: list[bool] = []
    model.loading_changed.connect(loading.append)
    model.open("/models/first")
    qtbot.waitUntil(lambda: bool(script.opened))
    model.open("/models/second")
    script.open_hold.set()
    settle()
    assert changes[-1] is not None
    assert changes[-1].wish.model == "/models/second"
    assert loading[-1] is False
    assert window.windowTitle().startswith("second")


def test_a_late_failure_of_a_former_wish_does_not_end_the_newer_load(
    model: ModelController, script: Script, settle: Callable[[], None], window: MainWindow
) -> None:
    model.open("/models/first")
    settle()
    former = script.opened[0]
    script.open_hold = threading.Event()
    model.open("/models/second")
    model._refuse(Failure("cancelled", "Cancelled.", former))
    assert window.findChild(LoadStrip).isVisible()
    script.open_hold.set()
    settle()


def test_a_lost_device_takes_the_model_and_offers_to_load_it_again(
    window: MainWindow,
    model: ModelController,
    changes: list[ModelFacts | None],
    script: Script,
    settle: Callable[[], None],
) -> None:
    model.open_demo()
    settle()
    model._refuse(Failure("closed", "The driver took it away."))
    assert changes[-1] is None
    assert banner(window) == "Error: The driver took it away."
    window.banner_action.emit("load_again")
    settle()
    assert changes[-1] is not None
    assert [wish.model for wish in script.opened] == ["demo", "demo"]


def test_a_question_that_ends_the_preparation_leaves_the_banner_alone(
    window: MainWindow, model: ModelController, settle: Callable[[], None]
) -> None:
    model.open_demo()
    settle()
    model._notice(Notice("The weights could not be kept."))
    model._refuse(Failure("cancelled", "Cancelled."))
    assert banner(window) == "Info: The weights could not be kept."


def test_changing_the_context_loads_again_and_is_remembered(
    model: ModelController,
    window: MainWindow,
    script: Script,
    preferences: Preferences,
    settle: Callable[[], None],
) -> None:
    model.open_demo()
    settle()
    window.context_chosen.emit("2048")
    settle()
    assert script.opened[-1].context_tokens == preferences.settings.context_tokens == 2048
    window.context_chosen.emit("")
    settle()
    assert script.opened[-1].context_tokens is preferences.settings.context_tokens is None


def test_kernels_are_prepared_once_a_model_is_open(
    model: ModelController, script: Script, settle: Callable[[], None]
) -> None:
    model.open_demo()
    settle()
    assert script.prepared


@pytest.mark.usefixtures("model")
def test_a_model_that_does_not_fit_is_loaded_another_way_by_one_click(
    window: MainWindow, script: Script, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    way = Way("8-bit weights, 512 tokens", "W8A8", 512)
    script.open_error = BudgetError(3 * 2**30, 2**30, "W8A8 would fit.", "keys and values with 2 GiB", (way,))
    window.demo_requested.emit()
    settle()
    assert "2.00 GiB too much, most of it keys and values" in banner(window)
    script.open_error = None
    button = window.findChild(Banner).buttons()[0]
    assert button.text() == "Load with 8-bit weights, 512 tokens"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle()
    assert (script.opened[-1].scheme, script.opened[-1].context_tokens) == ("W8A8", 512)
    assert banner(window) == ""
