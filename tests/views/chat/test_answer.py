"""An answer shows its thoughts, its Markdown, what went wrong, and its tokens when asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel

from views.chat.answer import AssistantMessage
from views.chat.style import TextStyle
from views.chat.tokens import TokensView
from views.chat.tools import Allowed
from views.chat.wishes import MessageWishes
from views.frames import MessageFrame
from views.frames.tokens import TokenFrame, TokensFrame

RUNNING = MessageFrame("assistant", "", reasoning="Well,", state="streaming", key=3)


@pytest.fixture
def answer(qtbot, theme) -> AssistantMessage:
    result = AssistantMessage(TextStyle(theme), MessageWishes())
    qtbot.addWidget(result)
    result.resize(600, 200)
    result.show()
    return result


def show(answer: AssistantMessage, frame: MessageFrame) -> None:
    answer.set_frame(frame, Allowed(), last=True)


def test_thoughts_are_open_while_thinking_and_folded_once_it_answers(answer: AssistantMessage) -> None:
    show(answer, RUNNING)
    assert answer.thoughts.is_open()
    show(answer, replace(RUNNING, text="It"))
    assert not answer.thoughts.is_open()
    assert answer.thoughts.isVisible()


def test_thoughts_stay_as_the_person_left_them(answer: AssistantMessage, qtbot) -> None:
    show(answer, replace(RUNNING, text="It"))
    qtbot.mouseClick(answer.thoughts.button, Qt.MouseButton.LeftButton)
    assert answer.thoughts.body.isVisible()
    show(answer, replace(RUNNING, text="It breaks.", state="done"))
    assert answer.thoughts.is_open()
    assert answer.is_in_use


def test_without_thoughts_there_is_no_fold(answer: AssistantMessage) -> None:
    show(answer, MessageFrame("assistant", "It breaks."))
    assert not answer.thoughts.isVisible()


def test_markdown_is_laid_out_while_it_arrives(answer: AssistantMessage) -> None:
    show(answer, replace(RUNNING, text="so **bold"))
    show(answer, replace(RUNNING, text="so **bold**"))
    answer.body.select_all()
    assert answer.body.selected_text() == "so bold"


def test_a_failed_answer_keeps_what_had_come(answer: AssistantMessage) -> None:
    show(answer, replace(RUNNING, text="It breaks.", state="failed", error="The device is lost."))
    assert answer.body.isVisible()
    assert "The device is lost." in [
        label.text() for label in answer.findChildren(QLabel) if label.isVisible()
    ]


def test_tokens_take_the_place_of_the_text(answer: AssistantMessage, qtbot) -> None:
    done = MessageFrame("assistant", "It breaks.", reasoning="Hm.", key=3, has_tokens=True)
    show(answer, replace(done, tokens=TokensFrame((TokenFrame("It"), TokenFrame(" breaks.")))))
    view = answer.findChild(TokensView)
    assert view.isVisible()
    assert not answer.body.isVisible()
    assert not answer.thoughts.isVisible()  # the tokens hold them
    with qtbot.waitSignal(answer.wishes.token_opened) as opened:
        view.opened.emit(1, QRect(1, 2, 3, 4))
    assert opened.args == [3, 1, QRect(1, 2, 3, 4)]
    show(answer, done)
    assert answer.body.isVisible()
    assert not view.isVisible()


def test_a_word_opens_its_token_by_menu_where_tokens_are_kept(answer: AssistantMessage, qtbot) -> None:
    for has_tokens in (False, True):
        show(answer, MessageFrame("assistant", "**first** words", key=3, has_tokens=has_tokens))
        menu = answer.tools.menu(answer)
        answer.add_actions(menu, answer.body.mapTo(answer, QPoint(3, 8)))
        opens = [action for action in menu.actions() if "token (" in action.text()]
        assert len(opens) == has_tokens
    with qtbot.waitSignal(answer.wishes.word_opened) as opened:
        opens[0].trigger()
    assert opened.args[:2] == [3, 2]
