"""An edited message is kept or left as it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tests.views.controls import named
from views.chat.editor import MessageEditor


@pytest.fixture
def editor(qtbot, theme) -> MessageEditor:
    assert theme
    result = MessageEditor("before", "Send")
    qtbot.addWidget(result)
    result.show()
    return result


def test_the_button_keeps_the_new_text(editor: MessageEditor, qtbot) -> None:
    editor.field.setPlainText(" after ")
    with qtbot.waitSignal(editor.saved) as saved:
        qtbot.mouseClick(named(editor, QPushButton, "Send"), Qt.MouseButton.LeftButton)
    assert saved.args == ["after"]


@pytest.mark.parametrize("text", ["before", "", "  "])
def test_nothing_new_changes_nothing(editor: MessageEditor, qtbot, text: str) -> None:
    editor.field.setPlainText(text)
    with qtbot.waitSignal(editor.cancelled), qtbot.assertNotEmitted(editor.saved):
        qtbot.keyClick(editor.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_enter_is_a_new_line(editor: MessageEditor, qtbot) -> None:
    with qtbot.assertNotEmitted(editor.saved):
        qtbot.keyClick(editor.field, Qt.Key.Key_Return)
    assert "\n" in editor.field.toPlainText()
