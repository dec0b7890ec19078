"""Settings every room's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from hypothesis import settings
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.patient_bot import PatientBot
from views.theme import Theme

# No deadline: a slow machine is no wrong program. The same examples each run: a result belongs to a commit.
settings.register_profile("quantscope", deadline=None, derandomize=True)
settings.load_profile("quantscope")


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:  # noqa: ARG001 - widgets need it
    return PatientBot(request)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    result = Theme(qapp, Qt.ColorScheme.Light)
    yield result
    if result.scale != 1.0:
        result.set_scale(1.0)  # it is the application's font
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # nor would closed widgets be gone by then
    shiboken6.delete(result)  # or it would go on dressing the widgets of later tests
