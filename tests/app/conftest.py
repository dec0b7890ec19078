"""The engine thread with a fake engine behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.engine_thread import EngineThread
from tests.app.fake_engine import FakeEngine, Script
from tests.patience import PATIENCE_S


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def engine(qtbot: QtBot, script: Script) -> Iterator[EngineThread]:
    """Started, and every letter of its survey delivered."""
    thread = EngineThread(lambda post: FakeEngine(post, script))
    with qtbot.waitSignal(thread.surveyed):
        thread.start()
    qtbot.waitUntil(lambda: thread.is_idle)
    yield thread
    assert thread.stop(PATIENCE_S)


@pytest.fixture
def settle(qtbot: QtBot, engine: EngineThread) -> Callable[[], None]:
    """Waits until the engine has nothing left to do and everything it said was heard."""
    return lambda: qtbot.waitUntil(lambda: engine.is_idle)
