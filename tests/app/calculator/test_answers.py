"""Questions and what comes back."""

from __future__ import annotations

import pytest

from app.calculator.answers import (
    Answer,
    BytesAnswer,
    EnginesAnswer,
    MemoryAnswer,
    Question,
    SpeedAnswer,
    answer,
    table_schemes,
)
from app.calculator.moves import Drag
from gpu.scheme import Scheme
from tests.app.calculator.cases import GIB, asked, room


def told(question: Question, cancelled: bool = False) -> list[object]:
    letters: list[object] = []
    answer(question, letters.append, lambda: cancelled)
    return letters


def test_the_bar_and_the_verdict_come_first_and_the_page_after_them() -> None:
    letters = told(Question(7, asked(), (room(),), frozenset(), "bytes"))
    assert [type(letter) for letter in letters] == [Answer, BytesAnswer]
    first = letters[0]
    assert isinstance(first, Answer)
    assert (first.revision, first.is_move, first.ways) == (7, False, ())
    assert first.verdict.sentence.startswith("Fits")


def test_where_it_does_not_fit_ways_out_follow() -> None:
    letters = told(Question(1, asked(), (room(GIB // 2),), frozenset(), "truth"))
    without, found = letters
    assert isinstance(without, Answer)
    assert isinstance(found, Answer)
    assert (without.ways, len(without.verdict.actions)) == ((), 0)
    assert len(found.ways) == len(found.verdict.actions) >= 1


def test_while_something_is_dragged_there_is_nothing_but_the_bar() -> None:
    question = Question(
        1, asked(), (room(GIB // 2),), frozenset(), "bytes", Drag("kv_cache", 1e8), settled=False
    )
    (letter,) = told(question)
    assert isinstance(letter, Answer)
    assert letter.is_move
    assert letter.estimate.inputs.context_tokens < 8192


def test_a_question_that_is_not_the_newest_stops_after_its_bar() -> None:
    assert len(told(Question(1, asked(), (room(),), frozenset(), "memory"), cancelled=True)) == 1


@pytest.mark.parametrize("page", ["memory", "bytes", "speed", "engines", "truth"])
def test_every_page_is_answered_with_and_without_a_card(page: str) -> None:
    kinds = {
        "memory": [MemoryAnswer] * 3,
        "bytes": [BytesAnswer],
        "speed": [SpeedAnswer],
        "engines": [EnginesAnswer],
        "truth": [],
    }
    for rooms in ((room(),), ()):
        letters = told(Question(1, asked(), rooms, frozenset(), page))
        assert [type(letter) for letter in letters[1:]] == kinds[page]


def test_the_scheme_asked_for_is_in_the_table_once() -> None:
    own = Scheme.parse("W3A8")
    assert table_schemes(own)[-1] == own
    assert len(table_schemes(Scheme.parse("W4A8"))) == len(set(map(str, table_schemes(Scheme.parse("W4A8")))))
