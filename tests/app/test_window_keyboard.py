"""The whole window by keyboard: Tab, names, a focus that is seen, keys out of each other's way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QAccessible, QAction, QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

from app.gui import Gui
from tests.app.windows import WORKSPACES, filled_window, show
from views.chat.body import MessageBody
from views.chat.prompt_edit import PromptEdit
from views.focus_ring import FocusRing
from views.main_window import MainWindow
from views.reading_order import stops

MOST_STOPS = 120
COMPOUND = (QAbstractSpinBox, QComboBox, QLineEdit, QTabBar)  # their parts are theirs to reach
READ_BY_MOUSE = (QLabel, MessageBody)  # text that can be selected


@pytest.fixture(scope="module")
def gui(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gui]:
    with filled_window(qapp, tmp_path_factory.mktemp("settings")) as result:
        yield result


def walk(window: MainWindow, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Where Tab stops, once around, beginning with the first of the window."""
    seen = [stops(window)[0]]
    seen[0].setFocus()
    while len(seen) < MOST_STOPS:
        QTest.keyClick(window.focusWidget(), key)
        if window.focusWidget() in seen:
            break
        seen.append(window.focusWidget())
    return seen


def controls(window: MainWindow) -> list[QWidget]:
    """What is shown and can be worked, as the mouse would find it."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.window() is window
        and (widget.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(widget, QAbstractButton))
        and widget.focusProxy() is None
        and not isinstance(widget, READ_BY_MOUSE)
        and not isinstance(widget.parent(), COMPOUND)
        and not is_reached_by_arrows(widget)
    ]


def is_reached_by_arrows(widget: QWidget) -> bool:
    """Of buttons that exclude each other Tab stops at the one that is chosen."""
    grouped = isinstance(widget, QAbstractButton) and widget.group() is not None
    return grouped and not widget.isChecked()


def spoken(widget: QWidget) -> str:
    """The name that a screen reader is given, and its description."""
    accessible = QAccessible.queryAccessibleInterface(widget)
    return f"{accessible.text(QAccessible.Text.Name)} {accessible.text(QAccessible.Text.Description)}".strip()


@pytest.mark.parametrize("workspace", WORKSPACES)
def test_tab_reaches_every_control_and_comes_around(gui: Gui, workspace: str) -> None:
    window = gui.window
    show(gui, workspace)
    reached = walk(window)
    assert [spoken(widget) or widget for widget in controls(window) if widget not in reached] == []
    assert window.focusWidget() is reached[0]
    back = walk(window, Qt.Key.Key_Backtab)[1:]
    assert back == [widget for widget in reversed(reached) if widget in back]


@pytest.mark.parametrize("workspace", WORKSPACES)
def test_a_page_that_comes_to_the_front_has_the_keyboard(gui: Gui, workspace: str) -> None:
    window = gui.window
    stops(window)[0].setFocus()
    show(gui, workspace)
    page = window._pages.page(workspace)
    assert page.isAncestorOf(window.focusWidget())
    assert not window.findChild(FocusRing).isVisible()


def test_tab_follows_the_eye(gui: Gui) -> None:
    window = gui.window
    show(gui, "chat")
    landmarks = [
        *("Scheme", "Chat workspace", "Search the conversations", "Conversation"),
        *("You said", "Edit this message", "The model answered", "Edit this answer"),
        *("Message", "Sampling", "Site", "Outliers", "Format", "Memory by purpose"),
    ]
    names = [widget.accessibleName() for widget in walk(window)]
    assert [name for name in names if name in landmarks] == landmarks


@pytest.mark.parametrize("workspace", WORKSPACES)
def test_every_control_has_a_name_and_shows_the_focus(gui: Gui, workspace: str) -> None:
    window = gui.window
    show(gui, workspace)
    ring = window.findChild(FocusRing)
    for _ in walk(window):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        widget = window.focusWidget()
        assert spoken(widget), widget
        assert ring.isVisible(), spoken(widget)
        ringed = picture(window, widget)
        ring.surround(None)
        assert picture(window, widget) != ringed, spoken(widget)


def picture(window: MainWindow, widget: QWidget) -> QImage:
    """A widget and what is just around it."""
    place = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    return window.grab(place.adjusted(-3, -3, 3, 3)).toImage()


def keys_of(window: MainWindow) -> list[tuple[str, str]]:
    """Every key that works in the whole window, and what it does."""
    actions = [(key, action.text()) for action in window.findChildren(QAction) for key in action.shortcuts()]
    shortcuts = [(one.key(), "a shortcut") for one in window.findChildren(QShortcut)]
    return [(key.toString(), name) for key, name in (*actions, *shortcuts) if not key.isEmpty()]


def test_no_key_does_two_things(gui: Gui) -> None:
    keys = keys_of(gui.window)
    assert len(keys) > 20
    assert [key for key, count in Counter(key for key, _ in keys).items() if count > 1] == []


def test_no_two_entries_of_a_menu_have_one_letter(gui: Gui) -> None:
    window = gui.window
    menus = [window.menuBar().actions(), *(menu.actions() for menu in window.menuBar().findChildren(QMenu))]
    for actions in menus:
        letters = [
            QKeySequence.mnemonic(action.text()).toString() for action in actions if action.isVisible()
        ]
        assert [key for key, count in Counter(letters).items() if key and count > 1] == []


@pytest.mark.parametrize("kind", [PromptEdit, QLineEdit, QAbstractSpinBox])
def test_every_key_of_the_window_works_while_something_is_typed(gui: Gui, kind: type[QWidget]) -> None:
    """A field that wants a key for itself says so by accepting its override."""
    window = gui.window
    show(gui, "chat")
    field = next(one for one in window.findChildren(kind) if one.isVisible())
    taken = []
    for key, name in keys_of(window):
        combination = QKeySequence(key)[0]
        override = QKeyEvent(QEvent.Type.ShortcutOverride, combination.key(), combination.keyboardModifiers())
        override.ignore()
        QApplication.sendEvent(field, override)
        if override.isAccepted():
            taken.append((key, name))
    assert taken == [("Ctrl+Z", "Bring a deleted conversation back")]  # here it takes back what was typed


def test_help_lists_every_key(gui: Gui) -> None:
    window = gui.window
    told = {key for keys, _ in window.shortcuts() for key in keys.split(", ")}
    assert {key for key, _ in keys_of(window)} - {"Esc"} <= told
    assert "Escape" in told
