"""Tab goes where one reads next, whatever was made first."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from views.reading_order import focus_first, in_rows, is_stop, move_focus, next_stop, stops


@pytest.fixture
def page(qtbot) -> QWidget:
    """Two rows of two, made from the end to the beginning."""
    result = QWidget()
    qtbot.addWidget(result)
    grid = QGridLayout(result)
    for number in (3, 2, 1, 0):
        grid.addWidget(QPushButton(str(number)), number // 2, number % 2)
    result.show()
    return result


def texts(widgets: list[QWidget]) -> list[str]:
    return [widget.text() for widget in widgets]


def test_it_reads_rows_from_the_left(page: QWidget) -> None:
    assert texts(stops(page)) == ["0", "1", "2", "3"]


def test_columns_that_are_widgets_are_read_one_after_the_other(qtbot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    row = QHBoxLayout(page)
    for side in "ab":
        column = QWidget()
        inside = QVBoxLayout(column)
        for number in "12":
            inside.addWidget(QPushButton(side + number))
        row.addWidget(column)
    page.show()
    assert texts(stops(page)) == ["a1", "a2", "b1", "b2"]


def test_what_is_a_little_higher_is_in_the_row_nevertheless(qtbot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    boxes = ((0, 2, 20), (30, 0, 24), (60, 3, 18), (0, 40, 20))
    widgets = [QWidget(page) for _ in boxes]
    for widget, (x, y, height) in zip(widgets, boxes, strict=True):
        widget.setGeometry(x, y, 20, height)
    assert in_rows(widgets[::-1]) == widgets


def test_the_end_leads_to_the_beginning_and_back(page: QWidget) -> None:
    first, *_, last = stops(page)
    assert next_stop(page, last, forward=True) is first
    assert next_stop(page, first, forward=False) is last
    assert next_stop(page, None, forward=True) is first


def test_from_what_is_no_stop_it_goes_on_from_there(page: QWidget) -> None:
    here = stops(page)[1]
    here.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    assert not is_stop(here)
    assert next_stop(page, here, forward=True).text() == "2"
    assert next_stop(page, here, forward=False).text() == "0"


def test_from_what_was_hidden_it_goes_on_from_what_that_is_in(qtbot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    row = QHBoxLayout(page)
    before, group, after = QPushButton("before"), QWidget(), QPushButton("after")
    inside = QVBoxLayout(group)
    hidden = QPushButton("hidden")
    inside.addWidget(hidden)
    for widget in (before, group, after):
        row.addWidget(widget)
    page.show()
    hidden.hide()
    assert next_stop(page, hidden, forward=True) is after
    assert next_stop(page, hidden, forward=False) is before


def test_the_keyboard_comes_to_a_page_once(qtbot) -> None:
    window, page, elsewhere = QWidget(), QWidget(), QPushButton("elsewhere")
    qtbot.addWidget(window)
    row, inside = QHBoxLayout(window), QVBoxLayout(page)
    for widget in (elsewhere, page):
        row.addWidget(widget)
    for number in "123":
        inside.addWidget(QPushButton(number))
    window.show()
    elsewhere.setFocus()
    focus_first(page)
    assert window.focusWidget() is stops(page)[0]
    stops(page)[2].setFocus()
    focus_first(page)
    assert window.focusWidget() is stops(page)[2]


def test_hidden_disabled_and_proxied_controls_are_no_stops(page: QWidget) -> None:
    hidden, disabled, proxied, stop = stops(page)
    hidden.hide()
    disabled.setEnabled(False)
    proxied.setFocusProxy(stop)
    assert stops(page) == [stop]


def test_a_page_without_stops_keeps_the_focus(qtbot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    assert not move_focus(page, forward=True)


def test_what_it_goes_to_is_scrolled_into_sight(qtbot) -> None:
    area, inside = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    column = QVBoxLayout(inside)
    fields = [QLineEdit() for _ in range(30)]
    for field in fields:
        column.addWidget(field)
    area.setWidget(inside)
    area.resize(120, 100)
    with qtbot.waitActive(area):
        area.show()
    fields[0].setFocus()
    move_focus(area, forward=False)
    assert area.focusWidget() is fields[-1]
    assert not fields[-1].visibleRegion().isEmpty()
