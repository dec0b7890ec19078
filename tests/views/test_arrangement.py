"""Each workspace has its own docks, in this run and in the next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow

from views.arrangement import Arrangement


def arranged(qtbot, layout: bytes = b"") -> tuple[Arrangement, dict[str, QDockWidget], QMainWindow]:
    window = QMainWindow()
    window.setCentralWidget(QLabel("page"))
    docks = {}
    for name in ("spikes", "memory"):
        docks[name] = QDockWidget(name, objectName=name)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, docks[name])
    qtbot.addWidget(window)
    result = Arrangement(window, docks, "chat")
    window.show()
    result.restore(layout)
    return result, docks, window


def shown(docks: dict[str, QDockWidget]) -> list[str]:
    return [name for name, dock in docks.items() if dock.isVisible()]


def test_other_workspaces_start_without_docks(qtbot) -> None:
    arrangement, docks, _window = arranged(qtbot)
    assert shown(docks) == ["spikes", "memory"]
    arrangement.enter("outliers", lambda: None)
    assert shown(docks) == []


def test_a_page_is_turned_while_no_dock_is_on_show(qtbot) -> None:
    arrangement, docks, _window = arranged(qtbot)
    seen: list[list[str]] = []
    arrangement.enter("outliers", lambda: seen.append(shown(docks)))
    docks["spikes"].show()
    arrangement.enter("chat", lambda: seen.append(shown(docks)))
    arrangement.enter("chat", lambda: seen.append(shown(docks)))
    assert seen == [[], [], ["spikes", "memory"]]


def test_each_keeps_what_was_arranged_there(qtbot) -> None:
    arrangement, docks, _window = arranged(qtbot)
    docks["spikes"].hide()
    arrangement.enter("outliers", lambda: None)
    docks["spikes"].show()
    arrangement.enter("chat", lambda: None)
    assert shown(docks) == ["memory"]
    arrangement.enter("outliers", lambda: None)
    assert shown(docks) == ["spikes"]


def test_the_next_window_has_both(qtbot) -> None:
    arrangement, docks, _window = arranged(qtbot)
    docks["memory"].hide()
    arrangement.enter("outliers", lambda: None)
    docks["memory"].show()
    again, docks, _window = arranged(qtbot, arrangement.to_bytes())
    assert shown(docks) == ["spikes"]
    again.enter("outliers", lambda: None)
    assert shown(docks) == ["memory"]


def test_reset_brings_back_the_first_arrangement(qtbot) -> None:
    arrangement, docks, _window = arranged(qtbot)
    docks["memory"].hide()
    arrangement.enter("outliers", lambda: None)
    docks["spikes"].show()
    arrangement.reset()
    assert shown(docks) == []
    arrangement.enter("chat", lambda: None)
    assert shown(docks) == ["spikes", "memory"]


@pytest.mark.parametrize("length", range(0, 120, 7))
def test_a_layout_cut_short_changes_nothing(qtbot, length: int) -> None:
    arrangement, docks, _window = arranged(qtbot)
    docks["memory"].hide()
    layout = arrangement.to_bytes()
    _again, docks, _window = arranged(qtbot, layout[:length])
    assert shown(docks) == ["spikes", "memory"]
