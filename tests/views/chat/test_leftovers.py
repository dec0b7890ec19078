"""A message that is gone gives its blocks away at once and is freed of them by and by."""

from __future__ import annotations

import pytest

from views.chat.answer import AssistantMessage
from views.chat.blocks import LaidBlock
from views.chat.leftovers import Leftovers
from views.chat.style import TextStyle
from views.chat.tools import Allowed
from views.chat.wishes import MessageWishes
from views.frames import MessageFrame

PARAGRAPHS = 250


@pytest.fixture
def message(theme, qtbot) -> AssistantMessage:
    result = AssistantMessage(TextStyle(theme), MessageWishes())
    qtbot.addWidget(result)
    result.set_frame(MessageFrame("assistant", "text\n\n" * PARAGRAPHS, key=1), Allowed(), last=True)
    while result.work(1.0):
        pass
    return result


def laid(parts: list[object]) -> int:
    return sum(isinstance(one, LaidBlock) for pair in parts for one in pair)


def test_its_blocks_go_a_hundred_at_a_time(message: AssistantMessage) -> None:
    leftovers = Leftovers()
    leftovers.take(message)
    assert message.isHidden()
    assert not message.body.column.blocks
    assert laid(leftovers._parts) == PARAGRAPHS
    steps = 1
    while leftovers.shrink():
        steps += 1
    assert (steps, leftovers._parts) == (3, [])


def test_without_any_there_is_nothing_to_do(message: AssistantMessage) -> None:
    leftovers = Leftovers()
    assert not leftovers.shrink()
    assert message.body.column.blocks
