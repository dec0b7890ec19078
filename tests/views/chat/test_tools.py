"""Each tool is there when it can do something, and names the message it is asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from tests.views.controls import named
from views.chat.tools import Allowed, MessageTools
from views.chat.wishes import MessageWishes
from views.frames import MessageFrame

FRAME = MessageFrame(
    "assistant", "It breaks.", key=7, sibling=2, sibling_count=3, can_continue=True, has_tokens=True
)
ALL = {
    "Copy this answer",
    "Edit this answer",
    "Answer again",
    "Continue this answer",
    "Show its tokens",
    "Fork into a new conversation",
    "Delete this answer",
}
ARROWS = {"Show the variant before", "Show the next variant"}


@pytest.fixture
def tools(qtbot, theme) -> MessageTools:
    assert theme
    result = MessageTools(MessageWishes(), lambda: None, lambda: None, answer=True)
    qtbot.addWidget(result)
    result.show()
    result.set_frame(FRAME, "", Allowed(change=True))
    result.show_buttons(True)
    return result


def visible(tools: MessageTools) -> set[str]:
    return {button.accessibleName() for button in tools.findChildren(QToolButton) if button.isVisible()}


@pytest.mark.parametrize(
    ("frame", "allowed", "names"),
    [
        (FRAME, Allowed(change=True), ALL | ARROWS),
        (FRAME, Allowed(), {"Copy this answer", "Show its tokens"} | ARROWS),
        (replace(FRAME, state="streaming"), Allowed(), ARROWS),
        (
            replace(FRAME, key=0, sibling_count=1),
            Allowed(True, True),
            {"Copy this answer", "Answer again", "Show its tokens"},
        ),
    ],
)
def test_what_cannot_be_done_is_not_offered(tools, frame: MessageFrame, allowed: Allowed, names: set) -> None:
    tools.set_frame(frame, "", allowed)
    assert visible(tools) == names


def test_hidden_tools_leave_the_arrows(tools: MessageTools) -> None:
    tools.show_buttons(False)
    assert visible(tools) == ARROWS


@pytest.mark.parametrize(
    ("wish", "name", "arguments"),
    [
        ("regenerate", "Answer again", [7]),
        ("continue_", "Continue this answer", [7]),
        ("fork", "Fork into a new conversation", [7]),
        ("delete", "Delete this answer", [7]),
        ("tokens", "Show its tokens", [7, True]),
        ("sibling", "Show the variant before", [7, -1]),
        ("sibling", "Show the next variant", [7, 1]),
    ],
)
def test_a_click_names_the_message(tools: MessageTools, qtbot, wish: str, name: str, arguments: list) -> None:
    with qtbot.waitSignal(getattr(tools._wishes, wish)) as told:
        qtbot.mouseClick(named(tools, QToolButton, name), Qt.MouseButton.LeftButton)
    assert told.args == arguments


def test_arrows_end_at_the_ends(tools: MessageTools) -> None:
    tools.set_frame(replace(FRAME, sibling=3), "", Allowed())
    assert not named(tools, QToolButton, "Show the next variant").isEnabled()
    assert named(tools, QToolButton, "Show the variant before").isEnabled()
