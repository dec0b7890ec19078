"""The rail offers every workspace by button and by key, and marks the one on show."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow, QToolButton

from tests.views.controls import named
from views.rail import Workspace, WorkspaceRail
from views.theme import Theme


@pytest.fixture
def window(qtbot, theme) -> QMainWindow:
    assert theme
    result = QMainWindow()
    qtbot.addWidget(result)
    return result


@pytest.fixture
def rail(window: QMainWindow) -> WorkspaceRail:
    result = WorkspaceRail()
    result.add(Workspace("chat", "Chat", "chat", "Ask the model", QLabel))
    result.add(Workspace("outliers", "Outliers", "outliers", "Find the channels that spike", QLabel))
    window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, result)
    window.show()
    return result


def test_a_click_chooses(rail: WorkspaceRail, qtbot) -> None:
    with qtbot.waitSignal(rail.chosen) as chosen:
        qtbot.mouseClick(named(rail, QToolButton, "Outliers workspace"), Qt.MouseButton.LeftButton)
    assert chosen.args == ["outliers"]


def test_a_key_chooses(rail: WorkspaceRail, qtbot) -> None:
    with qtbot.waitSignal(rail.chosen) as chosen:
        qtbot.keyClick(rail.window(), Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert chosen.args == ["outliers"]


def test_only_the_one_on_show_is_marked(rail: WorkspaceRail) -> None:
    rail.show_chosen("chat")
    rail.show_chosen("outliers")
    assert [action.isChecked() for action in rail.actions_in_order()] == [False, True]


def test_the_tooltip_names_the_key(rail: WorkspaceRail) -> None:
    assert named(rail, QToolButton, "Outliers workspace").toolTip() == "Find the channels that spike (Alt+2)"


def test_no_menu_takes_it_away(rail: WorkspaceRail) -> None:
    assert not rail.toggleViewAction().isVisible()


def test_larger_text_is_not_cut(rail: WorkspaceRail, theme: Theme, qtbot) -> None:
    theme.set_scale(1.5)
    buttons = [named(rail, QToolButton, f"{name} workspace") for name in ("Chat", "Outliers")]
    qtbot.waitUntil(lambda: all(button.width() >= button.sizeHint().width() for button in buttons))
    assert buttons[0].width() == buttons[1].width()
