"""Menus are built from groups of actions."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow, QMenu

from views.frames import Choice
from views.menus import add_menu, fill_recent, make_action


def test_an_action_names_its_key_and_does_its_work(qtbot) -> None:
    window, done = QMainWindow(), []
    qtbot.addWidget(window)
    action = make_action(window, "&Open", "Ctrl+O", "Open a model", lambda: done.append("opened"))
    action.trigger()
    assert (done, action.toolTip()) == (["opened"], "Open a model (Ctrl+O)")


def test_groups_are_separated(qtbot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    one, two = (make_action(window, text, "", text, list) for text in ("One", "Two"))
    menu = add_menu(window, "&File", [one, QMenu("More", window)], [two])
    assert [entry.text() or "—" for entry in menu.actions()] == ["One", "More", "—", "Two"]


def test_recent_models_are_chosen_by_key(qtbot) -> None:
    menu, chosen = QMenu(), []
    qtbot.addWidget(menu)
    fill_recent(menu, (Choice("/a", "A"), Choice("/b", "B")), chosen.append)
    menu.actions()[1].trigger()
    assert chosen == ["/b"]
    fill_recent(menu, (), chosen.append)
    assert not menu.isEnabled()
