from __future__ import annotations

import pytest

from gpu.errors import SchemeError
from gpu.formats.integers import INTEGER_BITS, format_name, largest_code, parse_format


def test_names_read_back() -> None:
    assert [parse_format(format_name(bits)) for bits in INTEGER_BITS] == list(INTEGER_BITS)


def test_codes_are_symmetric() -> None:
    assert [largest_code(bits) for bits in (8, 4, 3, 2)] == [127, 7, 3, 1]


@pytest.mark.parametrize("name", ["", "int", "int7", "int16", "INT8", "q4_0", "8"])
def test_strangers_are_refused(name: str) -> None:
    with pytest.raises(SchemeError, match="choose one of int2"):
        parse_format(name)


def test_unknown_widths_are_refused() -> None:
    with pytest.raises(SchemeError, match="not 1"):
        largest_code(1)
