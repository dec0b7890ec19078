"""The chat panel passes on what the person does and shows what it is given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QToolButton

from tests.views import samples
from tests.views.controls import named
from views.chat import ChatPanel
from views.chat.panel import SamplePrompts
from views.chat.transcript import Transcript


@pytest.fixture
def panel(qtbot, theme) -> ChatPanel:
    result = ChatPanel(theme)
    qtbot.addWidget(result)
    result.resize(720, 480)
    result.set_chat(samples.empty_chat())
    result.set_composer(samples.composer())
    result.show()
    return result


def test_a_sample_is_asked_by_a_click(panel: ChatPanel, qtbot) -> None:
    with qtbot.waitSignal(panel.send_requested) as sent:
        qtbot.mouseClick(named(panel, QPushButton, "What is an outlier channel?"), Qt.MouseButton.LeftButton)
    assert sent.args == ["What is an outlier channel?"]


def test_samples_wait_until_the_model_can_answer(panel: ChatPanel) -> None:
    panel.set_composer(replace(samples.composer(), can_send=False))
    assert not named(panel, QPushButton, "What is an outlier channel?").isEnabled()


def test_samples_give_way_to_the_conversation_and_return(panel: ChatPanel) -> None:
    panel.set_chat(samples.chat())
    assert panel.findChild(Transcript).isVisible()
    panel.set_chat(samples.empty_chat())
    assert panel.findChild(SamplePrompts).isVisible()


def test_samples_change_with_the_model(panel: ChatPanel, qtbot) -> None:
    panel.set_chat(replace(samples.empty_chat(), samples=("Only this?",)))
    chips = panel.findChild(SamplePrompts)
    qtbot.waitUntil(lambda: [b.text() for b in chips.findChildren(QPushButton)] == ["Only this?"])


def test_typing_and_sending(panel: ChatPanel, qtbot) -> None:
    panel.focus_prompt()
    prompt = named(panel, QPlainTextEdit, "Message")
    qtbot.keyClicks(prompt, "Why?")
    with qtbot.waitSignal(panel.send_requested) as sent:
        qtbot.keyClick(prompt, Qt.Key.Key_Return)
    assert sent.args == ["Why?"]


def test_every_other_signal_is_passed_on(panel: ChatPanel, qtbot) -> None:
    panel.set_chat(replace(samples.chat(), messages=samples.chat().messages[:2], can_regenerate=True))
    for signal, name in (
        (panel.new_chat_requested, "New chat"),
        (panel.thinking_toggled, "Thinking"),
        (panel.regenerate_requested, "Answer again"),
    ):
        found = panel.findChildren(QToolButton)
        (button,) = (b for b in found if b.accessibleName() == name and b.isVisible())
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    panel.set_composer(samples.composer(running=True))
    with qtbot.waitSignal(panel.stop_requested):
        panel.stop()


def test_status_reaches_the_gauges(panel: ChatPanel) -> None:
    panel.set_status(samples.status())
    assert not panel.grab().isNull()
