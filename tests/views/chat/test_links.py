"""A link shows its address first; only the web and mail can be opened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from tests.views.controls import named
from views.chat.links import LinkPrompt


@pytest.fixture
def opened(monkeypatch) -> list[QUrl]:
    result: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", result.append)
    return result


@pytest.fixture
def prompt(qtbot, theme) -> Iterator[LinkPrompt]:
    assert theme
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    yield LinkPrompt(parent)
    parent.close()


def test_it_is_opened_only_on_request(prompt: LinkPrompt, opened: list[QUrl], qtbot) -> None:
    prompt.ask("https://example.com/a?b=c", QPoint(10, 10))
    texts = [label.text().replace("\u200b", "") for label in prompt.findChildren(QLabel)]
    assert "https://example.com/a?b=c" in texts
    assert opened == []
    qtbot.mouseClick(named(prompt, QPushButton, "Open"), Qt.MouseButton.LeftButton)
    assert opened == [QUrl("https://example.com/a?b=c")]
    assert not prompt.isVisible()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "smb://host/share", "x"])
def test_other_addresses_can_only_be_copied(prompt: LinkPrompt, address: str, qtbot) -> None:
    prompt.ask(address, QPoint(10, 10))
    assert not named(prompt, QPushButton, "Open").isVisible()
    qtbot.mouseClick(named(prompt, QPushButton, "Copy address"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == address
