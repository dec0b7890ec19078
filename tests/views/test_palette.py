"""Every action is found by a few letters and done by Enter."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from views.palette import CommandPalette, rank, title_of


@pytest.fixture
def window(qtbot, theme) -> QWidget:
    assert theme
    result = QWidget()
    qtbot.addWidget(result)
    result.resize(800, 600)
    result.show()
    return result


def actions(window: QWidget) -> list[QAction]:
    found = [QAction(text, window) for text in ("&New chat", "&Open model…", "Larger text", "Forbidden", "")]
    found[3].setEnabled(False)
    return found


def test_letters_find_what_they_mean(window: QWidget, qtbot) -> None:
    palette = CommandPalette(window)
    palette.open_over(window, actions(window))
    assert palette.shown() == ["Larger text", "New chat", "Open model"]
    qtbot.keyClicks(palette.field, "mod")
    assert palette.shown() == ["Open model"]
    palette.field.setText("nct")
    assert palette.shown() == ["New chat"]


def test_what_several_are_called_and_what_is_hidden_is_not_offered(window: QWidget) -> None:
    palette = CommandPalette(window)
    hidden = QAction("Hidden", window)
    hidden.setVisible(False)
    palette.open_over(window, [*actions(window), QAction("Larger text", window), hidden])
    assert palette.shown() == ["New chat", "Open model"]


def test_enter_does_it_and_arrows_choose(window: QWidget, qtbot) -> None:
    palette = CommandPalette(window)
    offered = actions(window)
    palette.open_over(window, offered)
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    with qtbot.waitSignal(offered[0].triggered):
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()


def test_escape_does_nothing(window: QWidget, qtbot) -> None:
    palette = CommandPalette(window)
    palette.open_over(window, actions(window))
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_whole_words_come_before_scattered_letters() -> None:
    assert rank("text", "Larger text") < rank("text", "The example treat")
    assert rank("xyz", "Larger text") is None
    assert title_of(QAction("&Open model…")) == "Open model"
