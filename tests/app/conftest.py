"""The engine thread with a fake engine behind it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.engine_thread import EngineThread
from tests.app.fake_engine import FakeEngine, Script
from tests.patience import PATIENCE_S


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing a test does reaches the person's own files; what is slow to make is made once for all tests."""
    shaders = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MESA_SHADER_CACHE_DIR", os.environ.get("MESA_SHADER_CACHE_DIR", shaders))
        for kind in ("CACHE", "CONFIG", "DATA"):
            patch.setenv(f"XDG_{kind}_HOME", str(tmp_path_factory.mktemp(kind.lower())))
        yield


@pytest.fixture(scope="session", autouse=True)
def patient_archives() -> Iterator[None]:
    """Of conversations all is written, however slow the disk is."""
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("_PATIENCE_S", "_LAST_PATIENCE_S", "_CLOSING_PATIENCE_S"):
            patch.setattr(f"app.conversations.archive.{limit}", PATIENCE_S)
        yield


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
