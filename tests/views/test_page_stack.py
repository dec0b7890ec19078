"""A page nobody sees takes no room."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from views.page_stack import PageStack


def _page(width: int) -> QWidget:
    page = QWidget()
    page.setMinimumSize(width, 50)
    return page


def test_it_asks_for_the_room_of_the_page_on_show(qtbot: QtBot) -> None:
    stack = PageStack()
    qtbot.addWidget(stack)
    assert stack.minimumSizeHint().width() <= 0

    stack.addWidget(_page(100))
    stack.addWidget(_page(900))
    assert stack.minimumSizeHint().width() == 100

    stack.setCurrentIndex(1)
    assert stack.minimumSizeHint().width() == 900


def test_a_window_may_be_narrower_than_a_hidden_page(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    stack = PageStack()
    QVBoxLayout(window).addWidget(stack)
    stack.addWidget(_page(100))
    stack.addWidget(_page(900))
    window.show()
    window.resize(300, 100)
    assert window.width() == 300

    stack.setCurrentIndex(1)
    qtbot.waitUntil(lambda: window.width() >= 900)


def test_a_page_is_made_when_it_is_first_asked_for(qtbot: QtBot) -> None:
    stack = PageStack()
    qtbot.addWidget(stack)
    made: list[QWidget] = []
    stack.add("late", lambda: made.append(_page(100)) or made[-1])
    assert (made, stack.count()) == ([], 0)
    assert stack.page("late") is stack.page("late") is made[0] is stack.currentWidget()
    assert len(made) == 1
    with pytest.raises(KeyError):
        stack.page("none")
