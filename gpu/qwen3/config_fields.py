"""Typed look-ups in a model's JSON settings, so that every complaint names the file and the field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpu.errors import ConfigError

MAX_INT = 2**31 - 1


@dataclass(frozen=True)
class Fields:
    """The fields of one JSON object; a missing field and `null` both mean the default."""

    values: Mapping[str, Any]
    source: Path | str

    def error(self, field: str, problem: str) -> ConfigError:
        return ConfigError(f"{self.source}: {field} {problem}.")

    def get(self, field: str) -> Any:
        return self.values.get(field)

    def has(self, field: str) -> bool:
        return self.values.get(field) is not None

    def integer(self, field: str, default: int | None = None, *, least: int = 1, most: int = MAX_INT) -> int:
        """An integer in [least, most].

        Raises:
            ConfigError: the field is no such integer, or is missing and has no default.
        """
        value = self._or_default(field, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.error(field, f"must be an integer from {least} to {most:,}, not {shown(value)}")
        return value

    def number(self, field: str, default: float | None = None, *, above: float = 0.0) -> float:
        """A finite number greater than `above`.

        Raises:
            ConfigError: the field is no such number, or is missing and has no default.
        """
        value = self._or_default(field, default)
        number = _finite(value)
        if number is None or number <= above:
            raise self.error(field, f"must be a finite number greater than {above:g}, not {shown(value)}")
        return number

    def number_between(self, field: str, least: float, most: float) -> float | None:
        """A number in [least, most], or None where the field is missing.

        Raises:
            ConfigError: the field is anything else.
        """
        if not self.has(field):
            return None
        number = _finite(self.get(field))
        if number is None or not least <= number <= most:
            raise self.error(
                field, f"must be a number from {least:g} to {most:g}, not {shown(self.get(field))}"
            )
        return number

    def flag(self, field: str, default: bool) -> bool:
        value = self._or_default(field, default)
        if not isinstance(value, bool):
            raise self.error(field, f"must be true or false, not {shown(value)}")
        return value

    def integers(self, field: str, *, least: int = 0) -> tuple[int, ...]:
        """A list of integers, one integer, or nothing.

        Raises:
            ConfigError: the field is anything else.
        """
        value = self.get(field)
        items = [] if value is None else value if isinstance(value, list) else [value]
        if any(isinstance(item, bool) or not isinstance(item, int) or item < least for item in items):
            raise self.error(field, f"must hold integers of at least {least}, not {shown(value)}")
        return tuple(items)

    def table(self, field: str) -> Fields:
        """A nested object; empty where the field is missing."""
        value = self.get(field)
        if value is None:
            return Fields({}, self.source)
        if not isinstance(value, Mapping):
            raise self.error(field, f"must be an object, not {shown(value)}")
        return Fields(value, self.source)

    def _or_default(self, field: str, default: Any) -> Any:
        if self.has(field):
            return self.get(field)
        if default is None:
            raise self.error(field, "is missing")
        return default


def shown(value: object) -> str:
    """`value` as one short line for a message."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        return None
    number = float(value)
    return number if math.isfinite(number) else None
