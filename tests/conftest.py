"""Settings every room's tests share."""

from __future__ import annotations

import pytest
from hypothesis import settings
from pytestqt.qtbot import QtBot

from tests.patient_bot import PatientBot

# No deadline: a slow machine is no wrong program. The same examples each run: a result belongs to a commit.
settings.register_profile("quantscope", deadline=None, derandomize=True)
settings.load_profile("quantscope")


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:  # noqa: ARG001 - widgets need it
    return PatientBot(request)
