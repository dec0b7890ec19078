"""The ring lies around what can be seen of the focused widget, moves along, and goes with the focus."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QPushButton, QWidget

from views.focus_ring import FocusRing


class Page(QWidget):
    """A window that leaves Tab to its ring."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(200, 100)
        self.frame = QWidget(self)
        self.frame.setGeometry(20, 20, 120, 60)
        self.first, self.second = QPushButton("1", self.frame), QPushButton("2", self.frame)
        self.first.setGeometry(10, 10, 40, 20)
        self.second.setGeometry(60, 10, 40, 20)
        self.ring = FocusRing(self)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        return self.ring.move_focus(forward)


@pytest.fixture
def page(qtbot) -> Page:
    result = Page()
    qtbot.addWidget(result)
    with qtbot.waitActive(result):
        result.show()
    result.first.setFocus()
    return result


def test_tab_brings_it(page: Page) -> None:
    assert not page.ring.isVisible()
    page.focusNextPrevChild(True)
    assert page.second.hasFocus()
    assert page.ring.isVisible()
    assert page.ring.geometry() == QRect(78, 28, 44, 24)


def test_it_is_drawn_in_the_accent(page: Page) -> None:
    page.focusNextPrevChild(True)
    colour = page.grab().toImage().pixelColor(QPoint(100, 29))
    assert colour == QColor(page.palette().accent().color())


def test_it_moves_along_and_is_cut_where_its_widget_is(page: Page) -> None:
    page.focusNextPrevChild(True)
    page.frame.move(0, 40)
    assert page.ring.geometry() == QRect(58, 48, 44, 24)
    page.frame.resize(80, 60)
    assert page.ring.geometry() == QRect(58, 48, 24, 24)
    page.frame.hide()
    assert not page.ring.isVisible()


def test_a_focus_that_comes_otherwise_has_none(page: Page) -> None:
    page.focusNextPrevChild(True)
    page.first.setFocus()
    assert not page.ring.isVisible()


def test_a_focus_that_fled_from_what_was_hidden_has_none(page: Page) -> None:
    page.first.hide()
    assert page.second.hasFocus()
    assert not page.ring.isVisible()


def test_it_outlives_its_widget(page: Page) -> None:
    page.focusNextPrevChild(True)
    shiboken6.delete(page.second)
    page.ring.surround(page.first)
    assert page.ring.isVisible()
    page.focusNextPrevChild(True)
