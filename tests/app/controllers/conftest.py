"""Panels on the fake engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.conversations import Archive
from tests.app.controllers.fake_files import Files
from tests.views.gallery import build
from views.main_window import MainWindow
from views.theme import Theme


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> MainWindow:
    """With empty panels."""
    result = build(theme)
    qtbot.addWidget(result)
    result.show()
    return result


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
def archive() -> Iterator[Archive]:
    """In memory."""
    result = Archive()
    yield result
    result.close()
