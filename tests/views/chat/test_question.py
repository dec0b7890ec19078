"""The bubble is as wide as its words, shows them as typed, and the beginning of long ones."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton

from tests.views.controls import named
from views.chat.question import UserMessage, beginning_of, chip_text
from views.chat.style import TextStyle
from views.chat.tools import Allowed
from views.chat.wishes import MessageWishes
from views.frames import AttachmentFrame, MessageFrame


@pytest.fixture
def question(qtbot, theme) -> UserMessage:
    result = UserMessage(TextStyle(theme), MessageWishes())
    qtbot.addWidget(result)
    result.resize(600, 100)
    result.show()
    return result


def show(question: UserMessage, text: str, **more) -> None:
    question.set_frame(MessageFrame("user", text, key=1, **more), Allowed(), last=False)


def test_the_bubble_is_as_wide_as_its_words_and_not_wider_than_most_of_the_row(question, qtbot) -> None:
    bubble = next(one for one in question.findChildren(QFrame) if one.property("look") == "bubble")
    show(question, "Hi")
    qtbot.waitUntil(lambda: bubble.width() < 100)
    show(question, "many words " * 60)
    qtbot.waitUntil(lambda: 300 < bubble.width() <= 0.8 * question.width())
    assert question.body.height() > 60


def test_markup_in_a_question_is_shown_as_typed(question: UserMessage) -> None:
    show(question, "<b>**?**</b>")
    question.body.select_all()
    assert question.body.selected_text() == "<b>**?**</b>"


def test_a_long_question_shows_its_beginning_and_on_request_all(question: UserMessage, qtbot) -> None:
    text = "\n".join(f"line {number}" for number in range(100))
    show(question, text)
    assert question.body.text() == beginning_of(text)
    short = question.height_at(600)
    qtbot.mouseClick(named(question, QPushButton, "Show all"), Qt.MouseButton.LeftButton)
    assert question.body.text() == text
    assert question.height_at(600) > 2 * short


def test_ten_megabytes_are_shown_in_part(question: UserMessage, qtbot) -> None:
    show(question, "x" * 10_000_000)
    more = named(question, QPushButton, "Show all")
    assert more.text() == "Show the first 200,000 of 10,000,000 characters"
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert len(question.body.text()) == 200_000


def test_attachments_are_named(question: UserMessage) -> None:
    files = (AttachmentFrame("a.txt", 1234), AttachmentFrame("b.txt", note="cut"))
    show(question, "", attachments=files)
    assert [chip_text(file) for file in files] == ["a.txt · 1,234 tokens", "b.txt · cut"]
    assert not question.body.isVisible()
