"""A field that takes some pages, and says so of more."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QToolTip

from views.text_field import LONGEST, TextField

WRAPPED, NOT_WRAPPED = QPlainTextEdit.LineWrapMode.WidgetWidth, QPlainTextEdit.LineWrapMode.NoWrap


@pytest.fixture
def field(qtbot) -> TextField:
    result = TextField()
    qtbot.addWidget(result)
    result.show()
    return result


def paste(qtbot, field: TextField, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_what_fits_is_inserted_where_the_cursor_is(field: TextField, qtbot) -> None:
    field.set_text("after")
    paste(qtbot, field, "before\n")
    assert field.toPlainText() == "before\nafter"


def test_what_is_too_long_is_said_and_the_text_stays(field: TextField, qtbot) -> None:
    field.set_text("mine")
    paste(qtbot, field, "word " * LONGEST)
    assert field.toPlainText() == "mine"
    assert QToolTip.text() == f"That text has {5 * LONGEST:,} characters; {LONGEST:,} fit here."
    QToolTip.hideText()


def test_two_pastes_count_together(field: TextField, qtbot) -> None:
    half = "some words\n" * (LONGEST // 20)
    paste(qtbot, field, half)
    paste(qtbot, field, half)
    assert field.toPlainText() == half


def test_a_line_that_would_take_seconds_to_break_is_left_whole(field: TextField, qtbot) -> None:
    paste(qtbot, field, "x" * (LONGEST - 10))
    assert field.lineWrapMode() == NOT_WRAPPED
    field.clear()
    paste(qtbot, field, "x")
    assert field.lineWrapMode() == WRAPPED
