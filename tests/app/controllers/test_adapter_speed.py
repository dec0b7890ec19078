"""Measuring the adapter from the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import app.controllers.adapter_speed as module
from app.adapter_speed import AdapterProgress, AdapterSpeed, NoAdapterSpeed
from app.calculator.speeds import OwnSpeed
from app.controllers.adapter_speed import AdapterSpeedController
from app.engine_thread import EngineThread
from app.measured_rates import MeasuredRatesFile
from gpu.roofline import Rates
from tests.app.fake_engine import ADAPTER, SECOND

RATES = Rates(5e9, 1e12, source="measured", is_measured=True)
FOUND = AdapterSpeed(ADAPTER, RATES, OwnSpeed("m", "W4A8", 8, 1.0, 1.0))


@pytest.fixture
def file(tmp_path: Path) -> MeasuredRatesFile:
    return MeasuredRatesFile(tmp_path / "rates.json")


@pytest.fixture
def speed(engine: EngineThread, file: MeasuredRatesFile) -> AdapterSpeedController:
    return AdapterSpeedController(engine, file)


def test_what_is_measured_is_kept_for_the_next_run(
    speed: AdapterSpeedController, engine: EngineThread, file: MeasuredRatesFile
) -> None:
    engine.told.emit(FOUND)
    assert speed.rates(ADAPTER) == FOUND.rates
    assert speed.own == FOUND.own
    again = AdapterSpeedController(engine, file).rates(ADAPTER)
    assert again is not None
    assert again.bandwidth_bytes_per_s == 5e9
    assert speed.rates(SECOND) is None


def test_progress_is_shown_until_it_ends_and_a_failure_is_said(
    speed: AdapterSpeedController, engine: EngineThread, settle: Callable[[], None]
) -> None:
    speed.measure()
    assert speed.progress is not None
    engine.told.emit(AdapterProgress(2, 10))
    assert (speed.progress.done, speed.progress.total) == (2, 10)
    settle()
    assert speed.progress is None
    assert speed.problem == "No model is open; open one first."


def test_a_cancelled_measurement_needs_no_words(speed: AdapterSpeedController, engine: EngineThread) -> None:
    engine.told.emit(NoAdapterSpeed(""))
    assert (speed.problem, speed.progress) == ("", None)


def test_cancelling_reaches_the_task(
    speed: AdapterSpeedController,
    monkeypatch: pytest.MonkeyPatch,
    settle: Callable[[], None],
) -> None:
    def endless(_desk: object, cancel: Callable[[], bool]) -> None:
        while not cancel():
            pass

    monkeypatch.setattr(module, "_measure", endless)
    speed.measure()
    speed.cancel()
    settle()
