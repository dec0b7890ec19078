from __future__ import annotations

import itertools

import pytest

from gpu import microbench
from gpu.device import Gpu
from gpu.errors import Cancelled
from gpu.kernels.integer_rate import OPERATIONS
from gpu.microbench import measure_rates


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("BUFFER_BYTES", 2**20),
        ("_READ_GROUPS", 16),
        ("_PRODUCT_GROUPS", 16),
    ):
        monkeypatch.setattr(microbench, name, value)


def every_reading_a_second_later() -> object:
    return itertools.count().__next__


def test_rates_are_amounts_over_the_clock(model_gpu: Gpu) -> None:
    steps: list[tuple[int, int]] = []
    rates = measure_rates(
        model_gpu, lambda done, total: steps.append((done, total)), clock=every_reading_a_second_later()
    )
    assert rates.bandwidth_bytes_per_s == 2**20
    assert rates.integer_operations_per_s == 16 * 8 * 2048 * OPERATIONS["pairs"]
    assert rates.is_measured
    assert model_gpu.adapter.name in rates.source
    assert steps == [(n, 10) for n in range(1, 11)]
    assert model_gpu.ledger.entries() == ()


def test_what_the_device_holds_stays(model_gpu: Gpu) -> None:
    kept = model_gpu.ledger.buffer("mine", "weights", 64)
    measure_rates(model_gpu, clock=every_reading_a_second_later())
    assert [entry.resource for entry in model_gpu.ledger.entries()] == [kept]


def test_a_cancel_frees_everything(model_gpu: Gpu) -> None:
    with pytest.raises(Cancelled):
        measure_rates(model_gpu, cancel=lambda: True)
    assert model_gpu.ledger.entries() == ()
