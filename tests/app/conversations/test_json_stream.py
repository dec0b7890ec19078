from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversations.json_stream import loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=20,
)


@given(VALUES, st.sampled_from([None, 1, "\t"]))
def test_it_reads_what_json_reads(value: Any, indent: int | str | None) -> None:
    assert loads(json.dumps(value, indent=indent)) == value


@given(VALUES, st.integers(0, 200), st.sampled_from(["", "]", "}", ",", ":", '"', "x", "{", "1"]))
def test_it_refuses_what_json_refuses(value: Any, place: int, put: str) -> None:
    whole = json.dumps(value)
    text = whole[: place % len(whole)] + put + whole[place % len(whole) + 1 :]
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - whichever the reason
            loads(text)
    else:
        assert json.dumps(loads(text)) == json.dumps(expected)


def test_it_says_how_far_it_is_and_stops_when_told() -> None:
    shares: list[float] = []

    def tick(share: float) -> None:
        shares.append(share)
        if len(shares) == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        loads(json.dumps({"conversations": [{"messages": [1, 2, 3, 4]}]}), tick)
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 1
