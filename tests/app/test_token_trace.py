"""The record of an answer's tokens: collected, cut, branched, scored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.token_trace import SCORE_ROW, Score, TokenTrace, TraceBuilder, TraceEntry
from gpu.token_detail import TokenDetail


def entry(token: int, *top: tuple[int, float], probability: float = 0.5) -> TraceEntry:
    ids, shares = tuple(i for i, _ in top), tuple(p for _, p in top)
    detail = TokenDetail(token, probability, 1.5, 0.75, ids, shares)
    return TraceEntry(detail, b"<%d>" % token, tuple(b"<%d>" % i for i in ids))


def trace_of(*entries: TraceEntry, start: TokenTrace | None = None) -> TokenTrace:
    builder = TraceBuilder("demo", start)
    for each in entries:
        builder.append(each)
    return builder.trace()


def score(tokens: int, scheme: str = "W4A8", kl: float = 0.25) -> Score:
    rows = np.zeros(tokens, SCORE_ROW)
    rows["kl_nats"] = kl
    return Score(scheme, "W16A16", rows)


THREE = trace_of(entry(7, (7, 0.5), (8, 0.25)), entry(9, (7, 0.75)), entry(3))


def test_it_says_what_was_told() -> None:
    assert THREE.token_ids() == (7, 9, 3)
    assert THREE.token_pieces() == [b"<7>", b"<9>", b"<3>"]
    assert THREE.pieces[8] == b"<8>"
    assert THREE.alternatives(0) == [(7, 0.5), (8, 0.25)]
    assert THREE.alternatives(2) == []
    assert THREE.rows["entropy_nats"].tolist() == [1.5] * 3
    assert THREE.rows["chance"].tolist() == [0.75] * 3


def test_an_answer_without_tokens_has_an_empty_one() -> None:
    assert len(trace_of()) == 0
    assert trace_of().token_ids() == ()


def test_a_long_answer_keeps_every_token() -> None:
    """They are packed in batches on the way."""
    start = trace_of(entry(1))
    for tokens in (255, 256, 257, 600):
        longer = trace_of(*(entry(n, (n + 1, 0.5)) for n in range(tokens)), start=start)
        assert longer.token_ids() == (1, *range(tokens))
        assert longer.pieces[tokens] == b"<%d>" % tokens
        assert longer.alternatives(tokens) == [(tokens, 0.5)]


def test_a_choice_ends_the_answer_at_the_token_chosen() -> None:
    scored = THREE.with_score(score(3))
    branch = scored.with_choice(0, 8)
    assert branch.token_ids() == (8,)
    assert branch.rows["probability"].tolist() == [0.25]
    assert np.isnan(branch.rows["chance"]).all()
    assert branch.scores == ()
    assert scored.token_ids() == (7, 9, 3)
    with pytest.raises(KeyError):
        scored.with_choice(0, 1000)


def test_a_branch_goes_on_after_its_start() -> None:
    start = replace(THREE, rows=THREE.rows[:2]).with_score(score(2))
    longer = trace_of(entry(4, (5, 0.5)), start=start)
    assert longer.token_ids() == (7, 9, 4)
    assert longer.alternatives(0) == [(7, 0.5), (8, 0.25)]
    assert longer.token_pieces() == [b"<7>", b"<9>", b"<4>"]
    assert longer.scores == ()


def test_a_start_that_nothing_followed_stays_as_it_is() -> None:
    start = THREE.with_score(score(3))
    assert trace_of(start=start) is start


def test_a_newer_score_takes_the_place_of_the_same_pair_only() -> None:
    both = THREE.with_score(score(3)).with_score(score(3, "W4A4", 2)).with_score(score(3, kl=0.5))
    found, other = both.score("W4A8", "W16A16"), both.score("W4A4", "W16A16")
    assert found is not None
    assert other is not None
    assert found.rows["kl_nats"].tolist() == [0.5] * 3
    assert other.rows["kl_nats"].tolist() == [2] * 3
    assert both.score("W4A8", "W8A8") is None


def test_the_token_that_wrote_a_letter_is_found() -> None:
    pieces = [
        b"<think>",
        b"a scale",
        b"</think>",
        b"a",
        " sc\u00e4".encode(),
        "le \U0001f642".encode()[:-2],
        b"\x99\x82",
    ]
    entries = [replace(entry(n), piece=piece) for n, piece in enumerate(pieces)]
    trace, text = trace_of(*entries), "a sc\u00e4le \U0001f642"
    assert [trace.index_of(text, place) for place in range(len(text))] == [3, 4, 4, 4, 4, 5, 5, 5, 5]
    assert trace.index_of("a scale", 7) is None
    assert trace.index_of("edited", 0) is None
