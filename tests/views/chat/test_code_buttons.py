"""Every block of code in sight has a button that copies it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from views.chat.body import MessageBody
from views.chat.code_buttons import code_at
from views.chat.style import TextStyle


@pytest.fixture
def body(qtbot, theme) -> MessageBody:
    result = MessageBody(TextStyle(theme), "The model answered")
    qtbot.addWidget(result)
    result.resize(400, 50)
    result.show()
    return result


def buttons(body: MessageBody) -> list[QToolButton]:
    return [button for button in body.findChildren(QToolButton) if button.isVisible()]


def test_a_click_copies_the_code_and_says_so(body: MessageBody, qtbot) -> None:
    body.set_text("so\n\n```python\nx = 1\ny = 2\n```\n")
    (button,) = buttons(body)
    assert button.accessibleName() == "Copy code"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "x = 1\ny = 2"
    assert button.text() == "Copied"


def test_code_that_was_cut_is_copied_whole(body: MessageBody) -> None:
    lines = "\n".join(f"line {number}" for number in range(2_000))
    body.set_text(f"```\n{lines}\n```")
    while body.work(0.005):
        pass
    assert len(body.column.blocks) > 1
    assert code_at(body.column, 0) == lines


def test_only_code_in_sight_has_a_button(body: MessageBody) -> None:
    body.set_text("```\nx\n```\n\n" * 60)
    while body.work(0.005):
        pass
    body.prepare(0, 300)
    assert 2 <= len(buttons(body)) <= 6
