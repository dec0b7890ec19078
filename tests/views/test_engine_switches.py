"""The switches of the File menu say what the person made of them, and show what is so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QMainWindow

from tests.views import samples
from views.engine_switches import EngineSwitches


@pytest.fixture
def window(qtbot) -> QMainWindow:
    result = QMainWindow()
    qtbot.addWidget(result)
    return result


def test_a_switch_says_what_it_became(window: QMainWindow) -> None:
    switches, heard = EngineSwitches(window), []
    switches.tuning_toggled.connect(lambda on: heard.append(("tuning", on)))
    switches.lookup_toggled.connect(lambda on: heard.append(("lookup", on)))
    switches.set_frame(replace(samples.setup(), tunes=True, looks_up=False))
    assert heard == []
    for action in switches.actions():
        action.trigger()
    assert heard == [("tuning", False), ("lookup", True)]


def test_no_other_kernels_are_asked_for_while_a_model_is_on_its_way(window: QMainWindow) -> None:
    switches = EngineSwitches(window)
    switches.set_frame(replace(samples.setup(), enabled=False, looks_up=True))
    assert [(action.isEnabled(), action.isChecked()) for action in switches.actions()] == [
        (False, True),
        (True, True),
    ]
