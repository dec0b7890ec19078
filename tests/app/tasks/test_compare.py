"""Two columns from one prompt: what each says, in which order, and how they end."""

from __future__ import annotations

import pytest

from app.engine import GpuEngine
from app.messages import ModelWish
from app.tasks.compare import ColumnEnded, ColumnToken, CompareWish, compare_schemes
from gpu.errors import Cancelled
from gpu.sampling import Sampling
from tests.app.tasks.answers import QUESTION, answered

PROMPT = QUESTION.turns[0].text
GREEDY = Sampling(temperature=0)


def compare(
    engine: GpuEngine, letters: list[object], schemes: tuple[str, str], sampling: Sampling = GREEDY
) -> list[object]:
    letters.clear()
    wish = CompareWish(PROMPT, schemes, sampling, max_new_tokens=30)
    engine.perform(lambda desk, cancel: compare_schemes(desk, cancel, wish), lambda: False)
    return [letter for letter in letters if isinstance(letter, ColumnToken | ColumnEnded)]


def ids(letters: list[object], column: int) -> tuple[int, ...]:
    tokens = [letter for letter in letters if isinstance(letter, ColumnToken) and letter.column == column]
    return tuple(token.entry.detail.token_id for token in tokens)


def test_each_column_is_that_schemes_answer(engine: GpuEngine, letters: list[object]) -> None:
    expected = answered(engine, letters).token_ids()[:30]
    found = compare(engine, letters, ("W16A16", "W4A8"))
    assert ids(found, 1) == expected
    other = GpuEngine(letters.append)
    other.open(ModelWish("demo", scheme="W16A16", context_tokens=160), lambda: False)
    assert ids(found, 0) == answered(other, letters).token_ids()[: len(ids(found, 0))]
    other.close()
    assert {letter for letter in found if isinstance(letter, ColumnEnded)} <= {
        ColumnEnded(column, reason) for column in (0, 1) for reason in ("length", "stop")
    }


def test_speeds_are_known_from_the_second_token_on(engine: GpuEngine, letters: list[object]) -> None:
    tokens = [t for t in compare(engine, letters, ("W4A8", "W8A8")) if isinstance(t, ColumnToken)]
    for column in (0, 1):
        first, *rest = [token.tokens_per_s for token in tokens if token.column == column]
        assert first is None
        assert all(speed is not None and speed > 0 for speed in rest)


def test_one_scheme_against_itself_draws_the_same_tokens(engine: GpuEngine, letters: list[object]) -> None:
    sampling = Sampling(temperature=1.5, top_k=0, top_p=1, seed=3)
    found = compare(engine, letters, ("W4A8", "W4A8"), sampling)
    assert ids(found, 0) == ids(found, 1)
    first_end = next(place for place, letter in enumerate(found) if isinstance(letter, ColumnEnded))
    assert all(letter.column == 0 for letter in found[: first_end + 1])


def test_two_schemes_that_are_not_open_take_turns(engine: GpuEngine, letters: list[object]) -> None:
    found = compare(engine, letters, ("W16A16", "W8A8"))
    assert [letter.column for letter in found] == sorted(letter.column for letter in found)
    assert len(ids(found, 0)) > 5
    assert len(ids(found, 1)) > 5


def test_a_prompt_too_long_for_the_context_is_said_in_each_column(
    engine: GpuEngine, letters: list[object]
) -> None:
    letters.clear()
    wish = CompareWish("scale " * 300, ("W4A8", "W4A8"))
    engine.perform(lambda desk, cancel: compare_schemes(desk, cancel, wish), lambda: False)
    ends = [letter for letter in letters if isinstance(letter, ColumnEnded)]
    assert [end.column for end in ends] == [0, 1]
    assert all("context" in end.error for end in ends)


def test_a_cancel_ends_both(engine: GpuEngine, letters: list[object]) -> None:
    compare(engine, letters, ("W4A8", "W8A8"))  # loads the companion
    letters.clear()
    wish = CompareWish(PROMPT, ("W4A8", "W8A8"), GREEDY)
    engine.perform(lambda desk, cancel: compare_schemes(desk, cancel, wish), lambda: len(letters) > 4)
    ends = [letter for letter in letters if isinstance(letter, ColumnEnded)]
    assert sorted((end.column, end.reason) for end in ends) == [(0, "cancelled"), (1, "cancelled")]
    other = CompareWish(PROMPT, ("W4A8", "W16A16"), GREEDY)
    with pytest.raises(Cancelled):
        engine.perform(lambda desk, cancel: compare_schemes(desk, cancel, other), lambda: True)
