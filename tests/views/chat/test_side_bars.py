"""A table that is wider than the conversation can be moved sideways; its words stay whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollBar

from views.chat.body import MessageBody
from views.chat.style import TextStyle

WORDS = [f"measurement_of_{name}" for name in ("perplexity", "divergence", "memory", "speed")]
TABLE = f"| {' | '.join(WORDS)} |\n{'|---' * len(WORDS)}|\n| {' | '.join('1234')} |"


@pytest.fixture
def body(qtbot, theme) -> MessageBody:
    result = MessageBody(TextStyle(theme), "Answer")
    qtbot.addWidget(result)
    result.resize(400, 300)
    result.set_text(f"Before.\n\n{TABLE}\n\nAfter.\n\n| a |\n|---|\n| b |")
    result.show()
    return result


def bar_of(body: MessageBody) -> QScrollBar:
    (bar,) = body.findChildren(QScrollBar)  # the narrow table has none
    return bar


def turn(body: MessageBody, at: QPointF, angle: QPoint, keys: Qt.KeyboardModifier) -> bool:
    event = QWheelEvent(
        at,
        body.mapToGlobal(at),
        QPoint(),
        angle,
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(body, event)
    return event.isAccepted()


def test_the_bar_shows_the_rest_of_a_wide_table(body: MessageBody) -> None:
    table, bar = body.column.laid(1), bar_of(body)
    assert bar.accessibleName()
    assert bar.maximum() == table.overflow > 0
    assert body.column.top(1) < bar.y() < body.column.top(2)
    before = body.grab().toImage()
    bar.setValue(bar.maximum())
    assert table.scrolled == table.overflow
    assert body.grab().toImage() != before


def test_what_is_under_a_point_moves_along(body: MessageBody) -> None:
    table, bar = body.column.laid(1), bar_of(body)
    place = QPointF(20, 12)
    assert table.text(*table.word_at(table.hit(place))) == WORDS[0]
    bar.setValue(bar.maximum())
    assert table.text(*table.word_at(table.hit(QPointF(380, 12)))) == WORDS[-1]


def test_a_wheel_turned_sideways_moves_it_and_any_other_moves_the_conversation(body: MessageBody) -> None:
    on_table, beside = QPointF(50, body.column.top(1) + 10), QPointF(50, 5)
    none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    bar = bar_of(body)
    assert not turn(body, on_table, QPoint(0, -120), none)
    assert not turn(body, beside, QPoint(-120, 0), none)
    assert bar.value() == 0
    assert turn(body, on_table, QPoint(-120, 0), none)
    assert bar.value() == 40
    assert turn(body, on_table, QPoint(0, -120), shift)
    assert bar.value() == 80


def test_it_stays_where_it_was_moved_to_while_the_answer_grows(body: MessageBody) -> None:
    bar_of(body).setValue(60)
    body.set_text(body.text() + "\n\nmore")
    assert body.column.laid(1).scrolled == bar_of(body).value() == 60


def test_it_stays_where_it_was_moved_to_while_it_is_out_of_sight(qtbot, body: MessageBody) -> None:
    bar_of(body).setValue(60)
    body.prepare(5000, 6000)
    qtbot.waitUntil(lambda: body.findChildren(QScrollBar) == [])
    body.prepare(0, 300)
    assert body.column.laid(1).scrolled == bar_of(body).value() == 60


def test_a_table_that_is_gone_takes_its_bar_along(qtbot, body: MessageBody) -> None:
    body.set_text("Nothing wide.")
    qtbot.waitUntil(lambda: body.findChildren(QScrollBar) == [])
