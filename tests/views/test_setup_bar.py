"""The tool bar shows what is open and reports what should change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QMainWindow, QToolButton

from tests.views import samples
from tests.views.controls import named, pick
from views.frames import SetupFrame
from views.setup_bar import SetupBar


@pytest.fixture
def window(qtbot) -> QMainWindow:
    result = QMainWindow()
    qtbot.addWidget(result)
    result.resize(1000, 200)
    return result


@pytest.fixture
def bar(window: QMainWindow) -> SetupBar:
    result = SetupBar(QAction("Open model…", window))
    window.addToolBar(result)
    window.show()
    result.set_frame(samples.setup())
    return result


def test_shows_model_scheme_and_adapter(bar: SetupBar) -> None:
    assert named(bar, QLabel, "Model").text() == "Qwen3-0.6B"
    assert named(bar, QComboBox, "Scheme").currentText() == "W4A8"
    assert named(bar, QComboBox, "Adapter").currentText() == "AMD Radeon RX 6600 (discrete)"


def test_scheme_context_and_adapter_are_picked(bar: SetupBar, qtbot) -> None:
    with qtbot.waitSignal(bar.context_chosen) as context:
        pick(qtbot, named(bar, QComboBox, "Context"), "8,192")
    with qtbot.waitSignal(bar.scheme_chosen) as scheme:
        pick(qtbot, named(bar, QComboBox, "Scheme"), "W16A16")
    with qtbot.waitSignal(bar.adapter_chosen) as adapter:
        pick(qtbot, named(bar, QComboBox, "Adapter"), "llvmpipe (software)")
    assert (scheme.args, context.args, adapter.args) == (["W16A16"], ["8192"], ["1"])


def test_nothing_is_picked_while_a_model_loads(bar: SetupBar) -> None:
    bar.set_frame(replace(samples.setup(), enabled=False))
    for picker in ("Scheme", "Context", "Adapter"):
        assert not named(bar, QComboBox, picker).isEnabled()


def test_no_model(bar: SetupBar) -> None:
    bar.set_frame(SetupFrame())
    assert named(bar, QLabel, "Model").text() == "No model open"


def test_a_long_name_is_cut_and_leaves_the_pickers_whole(bar: SetupBar) -> None:
    bar.set_frame(replace(samples.setup(), model_name="a-very-long-model-name-" * 10))
    assert named(bar, QLabel, "Model").text().endswith("…")
    adapter = named(bar, QComboBox, "Adapter")
    assert adapter.width() >= adapter.sizeHint().width()


def test_switches_show_and_toggle_their_panels(bar: SetupBar, qtbot) -> None:
    action = QAction("Spikes", bar)
    action.setCheckable(True)
    bar.add_switches([action])
    button = named(bar, QToolButton, "Spikes panel")
    with qtbot.waitSignal(action.toggled):
        button.click()
    assert button.isChecked()


def test_the_name_is_never_cut_to_nothing(bar: SetupBar, window: QMainWindow) -> None:
    bar.set_frame(replace(samples.setup(), model_name="Qwen3-0.6B"))
    window.resize(600, 200)
    assert named(bar, QLabel, "Model").text().startswith("Qwen3")


def test_no_menu_takes_it_away(bar: SetupBar) -> None:
    assert not bar.toggleViewAction().isVisible()
