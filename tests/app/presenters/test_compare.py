from __future__ import annotations

from dataclasses import replace

from app.messages import ModelWish, TaskProgress
from app.presenters.compare import Comparison, Side, compare_frame, default_schemes, parting_of
from app.token_trace import TokenTrace, TraceBuilder, TraceEntry
from gpu.token_detail import TokenDetail
from tests.app.fake_engine import facts_for

FACTS = facts_for(ModelWish("demo"))


def trace_of(*ids: int) -> TokenTrace:
    builder = TraceBuilder("demo")
    for token in ids:
        builder.append(TraceEntry(TokenDetail(token, 0.5, 1.0), b"w%d" % token))
    return builder.trace()


def comparison(left: Side, right: Side, **changes: object) -> Comparison:
    return replace(Comparison((left, right)), **changes)


LEFT = Side("W16A16", trace_of(1, 2, 3), 12.34, "stop")
RIGHT = Side("W4A8", trace_of(1, 2, 4, 5), 56.7, "length")


def test_the_first_different_token_is_marked_in_both() -> None:
    frame = compare_frame(comparison(LEFT, RIGHT), FACTS, can_run=True)
    for column in frame.columns:
        assert [place for place, token in enumerate(column.tokens) if token.marked] == [2]
    assert frame.verdict == "They part at token 3 «w3» (W16A16) against token 3 «w4» (W4A8)."
    assert frame.columns[0].note == "3 tokens · 12.3 tok/s"
    assert frame.columns[1].note == "4 tokens · 56.7 tok/s · the longest answer allowed"


def test_an_end_where_the_other_goes_on_is_a_difference() -> None:
    longer = Side("W4A8", trace_of(1, 2, 3, 4), reason="stop")
    frame = compare_frame(comparison(LEFT, longer), FACTS, can_run=True)
    assert frame.columns[1].tokens[3].marked
    assert "the end (W16A16)" in frame.verdict


def test_a_column_that_is_merely_behind_does_not_differ() -> None:
    behind = replace(LEFT, reason=None)
    assert parting_of((behind, Side("W4A8", trace_of(1, 2, 3, 4)))) is None
    assert parting_of((Side(), Side())) is None
    frame = compare_frame(comparison(behind, behind, is_running=True), FACTS, can_run=False)
    assert frame.verdict == "The same so far."


def test_equal_answers_are_called_equal() -> None:
    frame = compare_frame(comparison(LEFT, replace(LEFT, scheme="W8A8")), FACTS, can_run=True)
    assert frame.verdict == "Both say the same, token by token."


def test_before_the_first_token_it_says_what_is_being_done() -> None:
    waiting = comparison(Side(), Side("W4A8"), is_running=True)
    loading = TaskProgress("companion", "W16A16: Reading weights", 1, 4)
    assert compare_frame(waiting, FACTS, False, loading).verdict == "W16A16: Reading weights 25%"
    assert compare_frame(waiting, FACTS, False, replace(loading, done=4)).verdict == "Preparing…"
    assert compare_frame(waiting, FACTS, False).can_stop


def test_problems_are_said() -> None:
    failed = comparison(replace(LEFT, error="Too long."), RIGHT, problem="It does not fit.")
    frame = compare_frame(failed, None, can_run=False)
    assert frame.verdict == "It does not fit."
    assert frame.columns[0].note == "Too long."
    assert "Open a model" in frame.hint


def test_a_scheme_that_is_not_offered_is_offered_all_the_same() -> None:
    frame = compare_frame(comparison(Side("W4-g64A8"), RIGHT), FACTS, can_run=True)
    assert "W4-g64A8" in [choice.key for choice in frame.columns[0].schemes]


def test_the_open_model_is_compared_with_the_reference() -> None:
    assert default_schemes("W8A8") == ("W16A16", "W8A8")
    assert default_schemes("W16A16") == ("W16A16", "W4A8")
