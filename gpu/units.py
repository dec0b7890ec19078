"""Quantities as people type and read them.

Tokens count in binary (`32k` is 32 · 1024 = 32,768, as contexts are sold), parameters in decimal (`8B` is
8 · 10⁹), bytes say which they mean (GB is 10⁹, GiB is 2³⁰). Spaces, commas and underscores are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from gpu.errors import RequestError

_BINARY_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_QUANTITY = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?(e\+?[0-9]{1,2})?)(?P<unit>[a-z]*)", re.IGNORECASE)
_IGNORED = str.maketrans("", "", " ,_\u00a0\u202f")
_LONGEST = 40
_TOKENS = {"": 1, "k": 2**10, "m": 2**20}
_PARAMETERS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
_BYTES = {"": 1, "b": 1} | {
    prefix + suffix: base**power
    for power, prefix in enumerate("kmgt", start=1)
    for suffix, base in (("b", 1000), ("ib", 1024))
}


def parse_count(text: str) -> int:
    """Tokens: `4096`, `32k`, `1m`.

    Raises:
        RequestError: not such a quantity, or not a whole number.
    """
    return _parse(text, _TOKENS, "a number of tokens", "8192 or 32k")


def parse_parameters(text: str) -> int:
    """Parameters of a model: `596049920`, `8e9`, `8B`, `0.6B`.

    Raises:
        RequestError: not such a quantity, or not a whole number.
    """
    return _parse(text, _PARAMETERS, "a number of parameters", "8B or 596049920")


def parse_bytes(text: str) -> int:
    """Bytes: `24 GB`, `24GiB`, `512 MiB`, `1000`.

    Raises:
        RequestError: not such a quantity, or not a whole number.
    """
    return _parse(text, _BYTES, "an amount of memory", "24GiB (2^30) or 24GB (10^9)")


def size_text(size_bytes: float) -> str:
    """Bytes in the largest binary unit that leaves at least one: 1.50 GiB."""
    power = 0
    while abs(size_bytes) >= 1024 and power < len(_BINARY_UNITS) - 1:
        size_bytes /= 1024
        power += 1
    return f"{size_bytes:.0f} B" if power == 0 else f"{size_bytes:.2f} {_BINARY_UNITS[power]}"


def _parse(text: str, factors: Mapping[str, int], what: str, example: str) -> int:
    match = _QUANTITY.fullmatch(text.translate(_IGNORED)) if len(text) <= _LONGEST else None
    factor = factors.get(match["unit"].lower()) if match else None
    if match is None or factor is None:
        raise RequestError(f"'{text[:_LONGEST]}' is not {what}; write for example {example}.")
    value = Decimal(match["number"]) * factor
    if value != value.to_integral_value():
        raise RequestError(f"'{text}' is not a whole number; write for example {example}.")
    return int(value)
