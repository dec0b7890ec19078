"""A token trace survives being written, and nothing else is taken for one."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.token_trace import SCORE_ROW, Score, TokenTrace, TraceBuilder, TraceEntry
from app.trace_codec import TraceError, trace_from_bytes, trace_to_bytes
from gpu.token_detail import TokenDetail
from tests.gpu.sentences import is_one_sentence

ids = st.integers(0, 151_935)
shares = st.floats(0, 1, width=32)
pairs = st.lists(st.tuples(ids, shares), max_size=8, unique_by=lambda pair: pair[0])


def piece_of(token: int) -> bytes:
    return str(token).encode() + b"\xf0\x9f"


def entry_of(token: int, share: float, top: list[tuple[int, float]]) -> TraceEntry:
    detail = TokenDetail(token, share, 2 * share, share, tuple(i for i, _ in top), tuple(p for _, p in top))
    return TraceEntry(detail, piece_of(token), tuple(piece_of(i) for i, _ in top))


def trace_of(entries: list[tuple[int, float, list[tuple[int, float]]]], pairs: int = 0) -> TokenTrace:
    builder = TraceBuilder("models/café")
    for each in entries:
        builder.append(entry_of(*each))
    trace = builder.trace()
    for scheme in range(pairs):
        rows = np.zeros(len(trace), SCORE_ROW)
        rows["kl_nats"] = np.linspace(0, 1, len(trace)) + scheme
        rows["same_top"] = True
        trace = trace.with_score(Score(f"W{scheme}", "W16A16", rows))
    return trace


@given(st.lists(st.tuples(ids, shares, pairs), max_size=12), st.integers(0, 3))
def test_what_was_written_is_read_again(entries: list[tuple[int, float, list]], scored: int) -> None:
    trace = trace_of(entries, scored)
    again = trace_from_bytes(trace_to_bytes(trace))
    assert again.model == trace.model
    assert again.pieces == trace.pieces
    np.testing.assert_array_equal(again.rows, trace.rows)
    assert [(s.scheme, s.reference) for s in again.scores] == [(s.scheme, s.reference) for s in trace.scores]
    for mine, theirs in zip(again.scores, trace.scores, strict=True):
        np.testing.assert_array_equal(mine.rows, theirs.rows)


def test_a_chosen_token_is_still_known_as_one() -> None:
    trace = trace_of([(7, 0.5, [(7, 0.5), (8, 0.25)])]).with_choice(0, 8)
    assert np.isnan(trace_from_bytes(trace_to_bytes(trace)).rows["chance"][0])


WRITTEN = trace_to_bytes(trace_of([(7, 0.5, [(8, 0.25)]), (9, 0.5, [])], 1))


def packed(body: bytes, version: int = 1) -> bytes:
    return struct.pack("<4sH", b"QTRC", version) + zlib.compress(body)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"QT",
        b"PK\3\4 something else",
        packed(b"", version=2),
        packed(b""),
        packed(struct.pack("<I", 2) + b"{}"),
        packed(struct.pack("<I", 2**31) + b"{}"),
        packed(struct.pack("<I", 4) + b"null"),
        packed(zlib.decompress(WRITTEN[6:]) + b"more"),
        packed(zlib.decompress(WRITTEN[6:])[:-1]),
        WRITTEN[:-8],
        WRITTEN[:6],
        WRITTEN[:20] + b"\0\0\0\0" + WRITTEN[24:],
    ],
)
def test_anything_else_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(TraceError) as error:
        trace_from_bytes(data)
    assert is_one_sentence(str(error.value))


def test_a_token_without_its_bytes_is_refused() -> None:
    body = zlib.decompress(WRITTEN[6:]).replace(b"[9, ", b"[6, ")
    with pytest.raises(TraceError):
        trace_from_bytes(packed(body))


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(TraceError):
        trace_from_bytes(b"QTRC\1\0" + noise)
