from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gpu import damage_stream
from gpu.damage import Damage, measure
from gpu.damage_stream import ArrayRows, Watch, measure_rows, sample_rows
from gpu.errors import Cancelled, RequestError
from gpu.formats.family import find_format


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(damage_stream, "PART_VALUES", 32 * 70)


def spiky(rows: int = 150, channels: int = 70) -> np.ndarray:
    x = np.random.default_rng(8).standard_normal((rows, channels)).astype(np.float32)
    x[:, 5] *= 30
    x[140, 66] = -400
    x[101, 3], x[102, 3] = np.nan, np.inf
    return x


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("granularity", ["b16", "b32", "token", "channel", "tensor"])
@pytest.mark.parametrize("name", ["int4", "int8-affine", "q4_0", "nvfp4"])
def test_in_parts_or_at_once_it_is_the_same(name: str, granularity: str) -> None:
    x = spiky()
    whole = measure(x, name, granularity).summary()
    parts = measure_rows(ArrayRows(x), find_format(name), granularity).summary()
    for key in ("mse", "sqnr_db", "worst_block_at"):
        assert parts.pop(key) == pytest.approx(whole.pop(key), rel=1e-6)
    assert parts == whole


@pytest.mark.usefixtures("small_parts")
def test_k_quants_stream_too() -> None:
    x = spiky(150, 300)
    parts, whole = measure_rows(ArrayRows(x), find_format("q4_k")), measure(x, "q4_k", None)
    assert parts.summary()["worst_block"] == whole.summary()["worst_block"]
    assert parts.bits_per_value == whole.bits_per_value


@pytest.mark.usefixtures("small_parts")
def test_who_waits_sees_every_part_and_can_stop() -> None:
    seen: list[tuple[int, int]] = []
    done: list[int] = []

    def part(damage: Damage, row: int) -> None:
        seen.append((row, damage.grid.shape[0]))

    watch = Watch(progress=lambda rows, _total: done.append(rows), part=part)
    measure_rows(ArrayRows(spiky()), find_format("int8"), "tensor", watch)
    assert seen == [(0, 32), (32, 32), (64, 32), (96, 32), (128, 22)]
    assert done[-1] == 150
    with pytest.raises(Cancelled):
        measure_rows(ArrayRows(spiky()), find_format("int8"), None, Watch(cancel=lambda: True))


def test_integers_and_single_rows_are_taken() -> None:
    row = np.arange(-40, 40)
    assert measure_rows(ArrayRows(row), find_format("int4")).summary() == measure(row, "int4").summary()


@pytest.mark.parametrize("make", [lambda: np.zeros((0, 4)), lambda: np.zeros((3, 0)), lambda: np.zeros(0)])
def test_nothing_is_refused(make: Callable[[], np.ndarray]) -> None:
    with pytest.raises(RequestError, match="shape"):
        measure_rows(ArrayRows(make()), find_format("int8"))


def test_a_sample_is_rows_of_the_matrix() -> None:
    x = np.arange(300, dtype=np.float32).reshape(100, 3)
    np.testing.assert_array_equal(sample_rows(ArrayRows(x), 9), x[[0, 49, 99]])
    np.testing.assert_array_equal(sample_rows(ArrayRows(x)), x)
