from __future__ import annotations

import math

import numpy as np
import pytest

from app.presenters.tokens import Standing, card_frame, nats, percentage, tint_of, token_name, tokens_frame
from app.token_trace import SCORE_ROW, Score, TokenTrace, TraceBuilder, TraceEntry
from gpu.token_detail import TokenDetail

PIECES = {1: b"<think>", 2: b"Hm", 3: b"</think>", 4: b"\n", 5: b"The", 6: b" cliff", 7: b" edge"}


def trace_of(*ids: int) -> TokenTrace:
    builder = TraceBuilder("demo")
    for token in ids:
        detail = TokenDetail(token, 0.412, 1.27, 0.52, (7, 5), (0.5, 0.3))
        builder.append(TraceEntry(detail, PIECES[token], (PIECES[7], PIECES[5])))
    return builder.trace()


def score_of(*kl: float, other: tuple[int, ...] = ()) -> Score:
    rows = np.zeros(len(kl), SCORE_ROW)
    rows["kl_nats"], rows["same_top"], rows["reference_probability"] = kl, True, 0.44
    rows["same_top"][list(other)] = False
    return Score("W4A8", "W16A16", rows)


PLAIN = trace_of(5, 6, 4)
SCORED = Standing(score_of(0.001, 1.0, math.inf, other=(1, 2)), "W16A16")


def test_without_a_score_tokens_are_drawn_plain() -> None:
    frame = tokens_frame(PLAIN)
    assert [token.text for token in frame.tokens] == ["The", " cliff", "↵\n"]
    assert {(token.tint, token.marked, token.muted) for token in frame.tokens} == {(None, False, False)}
    assert frame.tokens[1].tooltip == "« cliff» · probability 41.2% · entropy 1.27 nats"
    assert frame.ticks == ()
    assert "Enter" in frame.summary


def test_a_score_tints_marks_and_sums_up() -> None:
    frame = tokens_frame(PLAIN, SCORED)
    assert [token.tint for token in frame.tokens] == [0, pytest.approx(2 / 3), 1]
    assert [token.marked for token in frame.tokens] == [False, True, False]
    assert "KL 1 nats" in frame.tokens[1].tooltip
    assert "same top token 33.3%" in frame.summary
    assert "first other top token at token 2 « cliff»" in frame.summary
    assert [tick.label for tick in frame.ticks] == ["0.01", "0.1", "1", "10"]
    assert [frame.ticks[0].tint, frame.ticks[-1].tint] == [0, 1]


def test_half_a_score_tints_as_far_as_it_goes() -> None:
    frame = tokens_frame(PLAIN, Standing(score_of(0.1, 0.2), "W16A16", ("W16A16",)))
    assert [token.tint is None for token in frame.tokens] == [False, False, True]
    assert "mean KL 0.15 nats" in frame.summary
    assert "no other top token" in frame.summary
    assert frame.summary.endswith("2 of 3 tokens compared")


def test_while_nothing_is_known_yet_that_is_said() -> None:
    waiting = tokens_frame(PLAIN, Standing(reference="W8A8", references=("W16A16", "W8A8")))
    assert waiting.summary == "Comparing with W8A8…"
    assert [choice.key for choice in waiting.references] == ["W16A16", "W8A8"]
    assert waiting.reference == "W8A8"
    assert tokens_frame(PLAIN, Standing(problem="It does not fit.")).summary == "It does not fit."


def test_thoughts_are_muted() -> None:
    assert [token.muted for token in tokens_frame(trace_of(1, 2, 3, 5)).tokens] == [True, True, True, False]
    assert [token.muted for token in tokens_frame(trace_of(2, 3, 5)).tokens] == [True, True, False]
    assert all(token.muted for token in tokens_frame(trace_of(1, 2)).tokens)


def test_tints_grow_by_decades() -> None:
    assert [tint_of(kl) for kl in (0, 0.01, 0.1, 1, 10, 99)] == pytest.approx([0, 0, 1 / 3, 2 / 3, 1, 1])
    assert tint_of(math.nan) == tint_of(math.inf) == 1


def test_a_card_says_how_the_token_came() -> None:
    card = card_frame(PLAIN, 1, SCORED.score, can_branch=True, can_inspect=False)
    assert (card.title, card.label) == ("Token 2 of 3", "« cliff»")
    facts = dict(card.facts)
    assert facts["Probability"] == "41.2%"
    assert facts["Drawn with"] == "52.0%, after the filters"
    assert facts["Entropy"] == "1.27 nats"
    assert facts["KL"] == "1 nats from W16A16"
    assert facts["W16A16 gave"] == "44.0%"
    assert [(a.label, a.percentage, a.chosen) for a in card.alternatives] == [
        ("« edge»", "50.0%", False),
        ("«The»", "30.0%", False),
        ("« cliff»", "41.2%", True),
    ]
    assert (card.can_branch, card.can_inspect) == (True, False)


def test_a_chosen_token_is_said_to_be_the_persons() -> None:
    chosen = PLAIN.with_choice(1, 7)
    card = card_frame(chosen, 1, None, can_branch=False, can_inspect=True)
    assert dict(card.facts)["Drawn with"] == "your choice"
    assert [a.chosen for a in card.alternatives] == [True, False]


def test_names_and_percentages() -> None:
    assert [nats(value) for value in (0, 2e-7, 0.00231, 12.345, math.inf)] == [
        "0 nats",
        "< 0.0001 nats",
        "0.00231 nats",
        "12.3 nats",
        "inf nats",
    ]
    assert token_name(PLAIN, 2) == "token 3 «↵»"
    assert [percentage(share) for share in (1, 0.5, 0.0099, 0.0001, 1e-9)] == [
        "100.0%",
        "50.0%",
        "0.99%",
        "0.01%",
        "< 0.01%",
    ]
