from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import RequestError
from gpu.units import parse_bytes, parse_count, parse_parameters, size_text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("8192", 8192), ("32k", 32_768), ("32K", 32_768), (" 128 k", 131_072), ("1m", 2**20), ("1.5k", 1536)],
)
def test_tokens_count_in_binary(text: str, tokens: int) -> None:
    assert parse_count(text) == tokens


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("8B", 8 * 10**9),
        ("0.6b", 6 * 10**8),
        ("8e9", 8 * 10**9),
        ("596,049,920", 596_049_920),
        ("1.1T", 11 * 10**11),
    ],
)
def test_parameters_count_in_decimal(text: str, parameters: int) -> None:
    assert parse_parameters(text) == parameters


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("24 GB", 24 * 10**9),
        ("24GiB", 24 * 2**30),
        ("24gib", 24 * 2**30),
        ("7.5 MiB", 7_864_320),
        ("1000", 1000),
        ("3 B", 3),
        ("2TB", 2 * 10**12),
        ("1 KiB", 1024),
    ],
)
def test_bytes_say_which_they_mean(text: str, size: int) -> None:
    assert parse_bytes(text) == size


@given(st.integers(0, 10**18))
def test_grouped_digits_read_back(n: int) -> None:
    assert parse_count(f"{n:,}") == parse_parameters(f"{n:_}") == parse_bytes(f"{n}") == n


@pytest.mark.parametrize(
    "text", ["", "k", "-5", "+5", "1e", "0x10", "NaN", "inf", "32kk", "٣", "1.", "9" * 100, "1/2"]
)
def test_nonsense_is_refused(text: str) -> None:
    for parse in (parse_count, parse_parameters, parse_bytes):
        with pytest.raises(RequestError, match="write for example"):
            parse(text)


def test_units_of_something_else_are_refused() -> None:
    for parse, text in ((parse_count, "4 GB"), (parse_bytes, "24 G"), (parse_parameters, "8 GiB")):
        with pytest.raises(RequestError):
            parse(text)


def test_fractions_of_one_are_refused() -> None:
    with pytest.raises(RequestError, match="whole number"):
        parse_count("0.3")
    assert parse_count("0.5k") == 512


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1.5 * 2**30, "1.50 GiB"), (2**60, "1048576.00 TiB")],
)
def test_sizes(size: float, text: str) -> None:
    assert size_text(size) == text
