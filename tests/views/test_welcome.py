"""The first screen leads to a model in every way it offers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tests.views import samples
from tests.views.controls import named
from views.welcome import WelcomePage


@pytest.fixture
def page(qtbot) -> WelcomePage:
    result = WelcomePage()
    qtbot.addWidget(result)
    result.set_frame(samples.welcome())
    result.show()
    return result


def test_demo_and_dialog(page: WelcomePage, qtbot) -> None:
    with qtbot.waitSignal(page.demo_requested):
        qtbot.mouseClick(named(page, QPushButton, "Chat with the demo model"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.open_requested):
        qtbot.keyClick(named(page, QPushButton, "Open a model…"), Qt.Key.Key_Space)


def test_recent_model_is_one_click_away(page: WelcomePage, qtbot) -> None:
    with qtbot.waitSignal(page.recent_chosen) as chosen:
        qtbot.mouseClick(named(page, QPushButton, "Open Qwen3-4B"), Qt.MouseButton.LeftButton)
    assert chosen.args == ["/models/Qwen3-4B"]


def test_recent_models_change(page: WelcomePage, qtbot) -> None:
    page.set_frame(replace(samples.welcome(), recent=()))
    qtbot.waitUntil(lambda: not [b for b in page.findChildren(QPushButton) if "Qwen3" in b.text()])


def test_without_a_demo_none_is_offered(page: WelcomePage) -> None:
    page.set_frame(replace(samples.welcome(), demo_available=False))
    assert not named(page, QPushButton, "Chat with the demo model").isVisible()


def test_nothing_can_be_opened_while_a_model_loads(page: WelcomePage) -> None:
    page.set_busy(True)
    assert not any(button.isEnabled() for button in page.findChildren(QPushButton))
    page.set_busy(False)
    assert all(button.isEnabled() for button in page.findChildren(QPushButton))
