"""The window's menus: every action has a place there, and its key where it has one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from views.frames import Choice

_TEXT_SIZES = (
    ("&Larger text", "Ctrl++", "Draw text larger", 1),
    ("S&maller text", "Ctrl+-", "Draw text smaller", -1),
    ("&Usual text size", "Ctrl+0", "Draw text in the system's size", 0),
)


def make_action(window: QMainWindow, text: str, keys: str, tip: str, slot: Callable[[], object]) -> QAction:
    """An action of the window that says its key in its tooltip."""
    action = QAction(text, window)
    action.setShortcut(QKeySequence(keys))
    action.setToolTip(f"{tip} ({keys})" if keys else tip)
    action.triggered.connect(lambda _checked: slot())
    return action


def make_text_sizes(window: QMainWindow, scale: Callable[[int], object]) -> list[QAction]:
    """Larger, smaller and usual text: `scale` hears 1, -1 and 0."""
    sizes = [
        make_action(window, text, keys, tip, partial(scale, step)) for text, keys, tip, step in _TEXT_SIZES
    ]
    sizes[0].setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
    return sizes


def fill_recent(menu: QMenu, recent: Iterable[Choice], choose: Callable[[str], object]) -> None:
    """List the models opened before; an empty list cannot be opened."""
    menu.clear()
    menu.setToolTipsVisible(True)
    for choice in recent:
        action = menu.addAction(choice.label)
        action.setToolTip(choice.tooltip or choice.key)
        action.triggered.connect(lambda _checked, key=choice.key: choose(key))
    menu.setEnabled(bool(menu.actions()))


def add_menu(window: QMainWindow, title: str, *groups: Iterable[QAction | QMenu]) -> QMenu:
    """A menu of groups with a line between them."""
    menu = window.menuBar().addMenu(title)
    menu.setToolTipsVisible(True)
    for number, group in enumerate(groups):
        if number:
            menu.addSeparator()
        for entry in group:
            if isinstance(entry, QMenu):
                menu.addMenu(entry)
            else:
                menu.addAction(entry)
    return menu
