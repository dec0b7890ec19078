"""Panels on the fake engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.conversations import Archive
from tests.app.controllers.fake_files import Files
from tests.views.gallery import build
from views.main_window import MainWindow
from views.theme import Theme


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    result = Theme(qapp, Qt.ColorScheme.Light)
    yield result
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # nor would closed widgets be gone by then
    shiboken6.delete(result)  # or it would go on dressing the widgets of later tests


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
