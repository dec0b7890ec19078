from __future__ import annotations

from typing import Any

import pytest

from gpu.errors import ConfigError
from gpu.qwen3.config_fields import MAX_INT, Fields, shown


def fields(**values: Any) -> Fields:
    return Fields(values, "a.json")


def test_null_and_absence_mean_the_default() -> None:
    assert fields(n=None).integer("n", 7) == fields().integer("n", 7) == 7
    assert fields(x=None).number("x", 0.5) == 0.5
    assert fields(b=None).flag("b", True) is True
    assert fields(b=False).flag("b", True) is False
    assert fields().number_between("p", 0, 1) is None
    assert fields(t=None).table("t").values == {}


def test_missing_without_a_default_is_stated() -> None:
    with pytest.raises(ConfigError, match=r"^a\.json: n is missing\.$"):
        fields().integer("n")


@pytest.mark.parametrize("value", [0, -1, MAX_INT + 1, 1.0, "1", True, [1]])
def test_only_integers_in_range_are_integers(value: object) -> None:
    with pytest.raises(ConfigError, match=r"^a\.json: n must be an integer from 1 to 2,147,483,647, not"):
        fields(n=value).integer("n")


@pytest.mark.parametrize("value", [0, -0.5, float("inf"), float("nan"), 10**400, "1", True])
def test_only_finite_numbers_above_the_bound_are_numbers(value: object) -> None:
    with pytest.raises(ConfigError, match="x must be a finite number greater than 0, not"):
        fields(x=value).number("x")


def test_bounds_of_number_between_are_allowed() -> None:
    assert fields(p=0).number_between("p", 0, 1) == 0.0
    assert fields(p=1).number_between("p", 0, 1) == 1.0
    with pytest.raises(ConfigError, match="p must be a number from 0 to 1, not 2"):
        fields(p=2).number_between("p", 0, 1)


def test_long_values_are_shortened_in_messages() -> None:
    assert len(shown("x" * 1000)) == 60
    assert shown([1]) == "[1]"
