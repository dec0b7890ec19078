"""Prompts are taken over by click or key, one's own can be saved and deleted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QToolButton

from tests.views import samples
from tests.views.controls import named
from views.chat import ChatPanel
from views.chat.library import PromptLibrary
from views.frames import PromptFrame

PROMPTS = (PromptFrame("Mine", "Mine\nwith more", own=True), PromptFrame("Given", "Given"))


@pytest.fixture
def panel(qtbot, theme) -> ChatPanel:
    result = ChatPanel(theme)
    qtbot.addWidget(result)
    result.resize(720, 480)
    result.set_composer(samples.composer())
    result.set_library(PROMPTS)
    result.show()
    return result


def test_a_prompt_is_put_into_the_field(panel: ChatPanel, qtbot) -> None:
    qtbot.mouseClick(named(panel, QToolButton, "Prompts"), Qt.MouseButton.LeftButton)
    library = panel.findChild(PromptLibrary)
    assert library.isVisible()
    qtbot.keyClick(library.list, Qt.Key.Key_Return)
    assert named(panel, QPlainTextEdit, "Message").toPlainText() == "Mine\nwith more"
    assert not library.isVisible()


def test_what_is_written_can_be_saved(panel: ChatPanel, qtbot) -> None:
    library = panel.findChild(PromptLibrary)
    library.popup_above(QPoint(10, 400), can_save=False)
    assert not library.save.isEnabled()
    named(panel, QPlainTextEdit, "Message").setPlainText(" keep this ")
    library.popup_above(QPoint(10, 400), can_save=True)
    with qtbot.waitSignal(panel.prompt_saved) as saved:
        qtbot.mouseClick(named(library, QPushButton, "Save what I wrote"), Qt.MouseButton.LeftButton)
    assert saved.args == ["keep this"]


def test_only_own_prompts_can_be_deleted(panel: ChatPanel, qtbot) -> None:
    library = panel.findChild(PromptLibrary)
    library.popup_above(QPoint(10, 400), can_save=False)
    with qtbot.waitSignal(panel.prompt_deleted) as deleted:
        qtbot.keyClick(library.list, Qt.Key.Key_Delete)
    assert deleted.args == [0]
    library.list.setCurrentRow(1)
    assert not library.delete.isEnabled()
    with qtbot.assertNotEmitted(panel.prompt_deleted):
        qtbot.keyClick(library.list, Qt.Key.Key_Delete)
