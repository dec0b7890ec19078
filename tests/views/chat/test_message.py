"""A message shows its words, its thoughts, what went wrong, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QToolButton

from tests.views.controls import named
from views.chat.document import MessageText
from views.chat.message import AssistantMessage, ThoughtFold, UserMessage
from views.frames import MessageFrame

ANSWER = MessageFrame("assistant", "It breaks.", note="3 tokens")


@pytest.fixture
def answer(qtbot, theme) -> AssistantMessage:
    result = AssistantMessage(theme)
    qtbot.addWidget(result)
    result.resize(600, 200)
    result.show()
    return result


def labels(message: AssistantMessage) -> list[str]:
    return [shown.text() for shown in message.findChildren(QLabel) if shown.isVisible() and shown.text()]


def test_bubble_is_as_wide_as_its_words_and_not_wider_than_most_of_the_row(qtbot, theme) -> None:
    message = UserMessage(theme)
    qtbot.addWidget(message)
    message.resize(600, 100)
    message.show()
    bubble = message.findChild(QFrame)
    message.set_frame(MessageFrame("user", "Hi"))
    qtbot.waitUntil(lambda: bubble.width() < 100)
    assert bubble.geometry().right() == message.width() - 1
    message.set_frame(MessageFrame("user", "many words " * 60))
    qtbot.waitUntil(lambda: 300 < bubble.width() <= 0.8 * message.width())
    assert message.findChild(MessageText).height() > 60


def test_markup_in_a_question_is_shown_as_typed(qtbot, theme) -> None:
    message = UserMessage(theme)
    qtbot.addWidget(message)
    message.set_frame(MessageFrame("user", "<b>**?**</b>"))
    assert message.findChild(MessageText).toPlainText() == "<b>**?**</b>"


def test_answer_is_plain_while_it_streams_and_markdown_when_done(answer: AssistantMessage) -> None:
    running = MessageFrame("assistant", "so **bold", state="streaming")
    answer.set_frame(running)
    text = named(answer, MessageText, "The model answered")
    assert text.toPlainText() == "so **bold"
    answer.set_frame(replace(running, text="so **bold**", state="done"))
    assert text.toPlainText() == "so bold"


def test_copy_takes_the_text_as_written(answer: AssistantMessage, qtbot) -> None:
    answer.set_frame(replace(ANSWER, text="so **bold**"))
    qtbot.mouseClick(named(answer, QToolButton, "Copy this answer"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "so **bold**"


def test_answer_again_is_offered_where_it_can_be_had(answer: AssistantMessage, qtbot) -> None:
    again = named(answer, QToolButton, "Answer again")
    answer.set_frame(ANSWER)
    assert not again.isVisible()
    answer.set_frame(ANSWER, can_regenerate=True)
    with qtbot.waitSignal(answer.regenerate_requested):
        qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    answer.set_frame(replace(ANSWER, state="streaming"), can_regenerate=True)
    assert not again.isVisible()


@pytest.mark.parametrize(
    ("frame", "shown"),
    [
        (ANSWER, ["3 tokens"]),
        (replace(ANSWER, state="cancelled"), ["Stopped · 3 tokens"]),
        (replace(ANSWER, state="cancelled", note=""), ["Stopped"]),
        (replace(ANSWER, state="failed", note="", error="The device is lost."), ["The device is lost."]),
        (MessageFrame("assistant", "", state="streaming"), ["…"]),
    ],
)
def test_small_print_says_how_it_ended(
    answer: AssistantMessage, frame: MessageFrame, shown: list[str]
) -> None:
    answer.set_frame(frame)
    assert labels(answer) == shown


def test_failed_answer_keeps_what_had_come(answer: AssistantMessage) -> None:
    answer.set_frame(replace(ANSWER, state="failed", error="The device is lost."))
    assert named(answer, MessageText, "The model answered").isVisible()


def test_thoughts_are_open_while_thinking_and_folded_once_it_answers(answer: AssistantMessage) -> None:
    fold = answer.findChild(ThoughtFold)
    answer.set_frame(MessageFrame("assistant", "", reasoning="Well,", state="streaming"))
    assert fold.is_open()
    answer.set_frame(MessageFrame("assistant", "It", reasoning="Well, so.", state="streaming"))
    assert not fold.is_open()
    assert fold.isVisible()


def test_thoughts_stay_as_the_person_left_them(answer: AssistantMessage, qtbot) -> None:
    fold = answer.findChild(ThoughtFold)
    running = MessageFrame("assistant", "It", reasoning="Well, so.", state="streaming")
    answer.set_frame(running)
    qtbot.mouseClick(named(answer, QToolButton, "Reasoning"), Qt.MouseButton.LeftButton)
    assert fold.is_open()
    assert named(fold, MessageText, "The model's reasoning").isVisible()
    answer.set_frame(replace(running, text="It breaks.", state="done"))
    assert fold.is_open()


def test_without_thoughts_there_is_no_fold(answer: AssistantMessage) -> None:
    answer.set_frame(ANSWER)
    assert not answer.findChild(ThoughtFold).isVisible()
