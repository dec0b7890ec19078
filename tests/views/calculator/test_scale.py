"""Amounts along the foot of the bar."""

from __future__ import annotations

import pytest

from views.calculator.scale import ticks

GIB = 2**30


@pytest.mark.parametrize(
    ("scale", "width", "names"),
    [
        (12.7 * GIB, 900, ["0", "2 GiB", "4 GiB", "6 GiB", "8 GiB", "10 GiB", "12 GiB"]),
        (700 * 2**20, 400, ["0", "256 MiB", "512 MiB"]),
        (8 * GIB, 100, ["0", "8 GiB"]),
        (3, 900, ["0", "1 B", "2 B", "3 B"]),
    ],
)
def test_ticks_are_round_and_far_enough_apart(scale: float, width: float, names: list[str]) -> None:
    assert [name for _, name in ticks(round(scale), width)] == names


def test_a_tick_stands_at_its_amount() -> None:
    assert [size for size, _ in ticks(4 * GIB, 400)] == [0, GIB, 2 * GIB, 3 * GIB, 4 * GIB]
