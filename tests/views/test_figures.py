"""Limits, ticks and labels are few, round and never in each other's way."""

from __future__ import annotations

import pytest

from views.figures import decade_limits, log_ticks, short


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0123, "0.012"),
        (3.44, "3.4"),
        (99.7, "100"),
        (143.2, "143"),
        (9000, "9000"),
        (12_345, "12.3k"),
        (999_800, "1M"),
        (1.5e6, "1.5M"),
        (3e9, "3.0e+09"),
        (-57, "-57"),
    ],
)
def test_short_figures(value: float, text: str) -> None:
    assert short(value) == text


def test_limits_leave_room_and_hold_still() -> None:
    low, high = decade_limits(0.005, 14.3)
    assert low <= 0.005
    assert high > 14.3 * 1.5
    assert decade_limits(0.0055, 15.1) == (low, high)
    assert decade_limits(0.0, 0.0)[0] > 0


@pytest.mark.parametrize(
    ("low", "high", "size", "labels"),
    [
        (-2, 1, 300, ["0.03", "0.1", "0.3", "1", "3"]),
        (-2, 3, 300, ["0.1", "1", "10", "100"]),
        (-2, -0.2, 62, ["0.03", "0.1", "0.3"]),
        (-1, 3, 70, ["1", "10", "100"]),
        (-6, 6, 66, ["0.0001", "0.1", "100"]),
        (0.2, 0.9, 60, ["5"]),
    ],
)
def test_labels_of_a_log_axis_never_touch(low: float, high: float, size: float, labels: list[str]) -> None:
    ticks = log_ticks(low, high, size)
    assert [short(10.0**tick) for tick in ticks] == labels
