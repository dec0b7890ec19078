"""Measuring the adapter and the open model on it."""

from __future__ import annotations

from itertools import count

import pytest

import app.tasks.adapter_speed as module
from app.adapter_speed import AdapterProgress, AdapterSpeed
from app.engine import GpuEngine
from app.engine_desk import Desk
from app.tasks.adapter_speed import measure_adapter, own_speed
from gpu.errors import Cancelled
from gpu.roofline import Rates


def test_rates_and_the_models_own_speed_come_with_progress(
    engine: GpuEngine, letters: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def rates(_gpu: object, progress: object, _cancel: object) -> Rates:
        progress(1, 2)
        return Rates(1e9, 1e9)

    monkeypatch.setattr(module, "measure_rates", rates)
    engine.perform(measure_adapter, lambda: False)
    progress, speed = letters
    assert progress == AdapterProgress(1, 2)
    assert isinstance(speed, AdapterSpeed)
    assert speed.own.decode_ms > 0
    assert (speed.own.model, speed.own.scheme) == ("demo", "W4A8")


def test_a_steady_clock_gives_a_tick_a_token(engine: GpuEngine) -> None:
    """The clock is read before the prompt, after it and at the end."""

    def task(desk: Desk, cancel: object) -> None:
        model, ticks = desk.opened.session.model, count(0, 16)
        own = own_speed(model, "demo", cancel, lambda: float(next(ticks)))
        assert own.decode_ms == pytest.approx(1000)
        assert own.prefill_ms_per_token == pytest.approx(16_000 / 64)
        assert model.cached_ids == []

    engine.perform(task, lambda: False)


def test_it_can_be_cancelled_and_leaves_the_cache_empty(engine: GpuEngine) -> None:
    def task(desk: Desk, _cancel: object) -> None:
        with pytest.raises(Cancelled):
            own_speed(desk.opened.session.model, "demo", lambda: True)
        assert desk.opened.session.model.cached_ids == []

    engine.perform(task, lambda: False)
