"""What every message can do: be copied, edited, asked about, and spoken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPlainTextEdit, QToolButton

from tests.views.controls import named
from views.chat.answer import AssistantMessage
from views.chat.message import note_of
from views.chat.style import TextStyle
from views.chat.tools import Allowed
from views.chat.wishes import MessageWishes
from views.frames import MessageFrame
from views.text_field import LONGEST

ANSWER = MessageFrame("assistant", "so **bold**", note="3 tokens", key=7)


@pytest.fixture
def answer(qtbot, theme) -> AssistantMessage:
    result = AssistantMessage(TextStyle(theme), MessageWishes())
    qtbot.addWidget(result)
    result.resize(600, 200)
    result.show()
    result.set_frame(ANSWER, Allowed(change=True), last=True)
    return result


@pytest.mark.parametrize(
    ("frame", "note"),
    [
        (ANSWER, "3 tokens"),
        (replace(ANSWER, state="cancelled"), "Stopped · 3 tokens"),
        (replace(ANSWER, state="cancelled", note=""), "Stopped"),
        (MessageFrame("assistant", "", state="streaming"), "…"),
    ],
)
def test_small_print_says_how_it_ended(frame: MessageFrame, note: str) -> None:
    assert note_of(frame) == note


def test_it_is_copied_as_it_was_written(answer: AssistantMessage, qtbot) -> None:
    qtbot.mouseClick(named(answer, QToolButton, "Copy this answer"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "so **bold**"
    QGuiApplication.clipboard().clear()
    answer.setFocus()
    qtbot.keyClick(answer, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "so **bold**"


def test_editing_by_keyboard(answer: AssistantMessage, qtbot) -> None:
    answer.setFocus()
    qtbot.keyClick(answer, Qt.Key.Key_F2)
    field = answer.findChild(QPlainTextEdit)
    assert field.toPlainText() == "so **bold**"
    assert not answer.body.isVisible()
    assert answer.is_in_use
    field.setPlainText("so *it* is")
    with qtbot.waitSignal(answer.wishes.edit) as edited:
        qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert edited.args == [7, "so *it* is"]
    assert answer.body.isVisible()
    assert not answer.is_editing


def test_escape_leaves_it_as_it_was(answer: AssistantMessage, qtbot) -> None:
    answer.edit()
    with qtbot.assertNotEmitted(answer.wishes.edit):
        qtbot.keyClick(answer.findChild(QPlainTextEdit), Qt.Key.Key_Escape)
    assert answer.body.isVisible()


def test_a_message_without_a_key_cannot_be_edited(answer: AssistantMessage) -> None:
    answer.set_frame(replace(ANSWER, key=0), Allowed(change=True), last=True)
    answer.edit()
    assert not answer.is_editing


def test_what_is_said_above_it_comes_and_goes(answer: AssistantMessage) -> None:
    for above in ("The rest is forgotten.", ""):
        answer.set_frame(replace(ANSWER, above=above), Allowed(), last=True)
        shown = [one for one in answer.findChildren(QLabel) if one.isVisible() and "forgotten" in one.text()]
        assert [one.text() for one in shown] == [above] * bool(above)
    assert answer.height_at(600) < 120


def test_a_message_too_long_for_a_field_is_left_as_it_is(answer: AssistantMessage) -> None:
    answer.set_frame(replace(ANSWER, text="words\n" * LONGEST), Allowed(change=True), last=True)
    answer.edit()
    assert not answer.is_editing


def test_tools_come_with_the_mouse_or_the_keyboard(answer: AssistantMessage) -> None:
    copy = named(answer, QToolButton, "Copy this answer")
    QApplication.sendEvent(answer, QEvent(QEvent.Type.Leave))
    answer.set_frame(ANSWER, Allowed(change=True), last=False)
    assert not copy.isVisible()
    answer.set_active(True)
    assert copy.isVisible()


def test_the_menu_offers_the_same(answer: AssistantMessage, qtbot) -> None:
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), answer.mapToGlobal(QPoint(5, 5))
    )
    QApplication.sendEvent(answer, event)
    menu = answer.findChild(QMenu)
    texts = [action.text() for action in menu.actions()]
    assert texts == [
        "Copy this answer",
        "Edit this answer",
        "Answer again",
        "Fork into a new conversation",
        "Delete this answer",
    ]
    with qtbot.waitSignal(answer.wishes.delete) as deleted:
        menu.actions()[-1].trigger()
    assert deleted.args == [7]
    menu.close()


def test_a_screen_reader_gets_the_words_once_they_are_whole(answer: AssistantMessage) -> None:
    assert (answer.accessibleName(), answer.accessibleDescription()) == ("The model answered", "so **bold**")
    answer.set_frame(replace(ANSWER, text="so **bold** and", state="streaming"), Allowed(), last=True)
    assert answer.accessibleDescription() == "so **bold**"


def test_its_height_is_that_of_its_text(answer: AssistantMessage) -> None:
    one = answer.height_at(600)
    answer.set_frame(replace(ANSWER, text="word " * 300), Allowed(), last=True)
    assert answer.height_at(600) > one + 100
    assert answer.height_at(300) > 1.8 * answer.height_at(600)
