from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.context import check_size, fit_prompt, without_oldest
from app.messages import Question, Turn
from app.reply import prompt_ids
from app.text import TextCodec
from gpu.errors import RequestError
from tests.golden.text import DIRECTORIES


@pytest.fixture(scope="module")
def small() -> TextCodec:
    return TextCodec.load(DIRECTORIES["small"])


FIRST_QUESTION = 13  # tokens up to its number


def talk(exchanges: int, system: bool = False) -> tuple[Turn, ...]:
    """Exchanges that end with a question."""
    turns = [Turn("system", "Be brief.")] if system else []
    for number in range(exchanges):
        turns += [Turn("user", f"Question {number}?"), Turn("assistant", f"Answer {number}.")]
    return tuple(turns[:-1])


def length(codec: TextCodec, turns: tuple[Turn, ...]) -> int:
    return len(prompt_ids(codec, turns, None))


def test_what_fits_is_left_whole(small: TextCodec) -> None:
    for policy in ("stop", "forget"):
        fitted = fit_prompt(small, Question(talk(3), when_full=policy), 1000)
        assert fitted == (prompt_ids(small, talk(3), None), 0)


def test_the_oldest_turns_are_forgotten_and_room_is_left_for_an_answer(small: TextCodec) -> None:
    turns = talk(40, system=True)
    context = length(small, turns) // 2
    ids, forgotten = fit_prompt(small, Question(turns, when_full="forget"), context)
    assert forgotten
    assert forgotten % 2 == 0
    assert ids == prompt_ids(small, (turns[0], *turns[1 + forgotten :]), None)
    assert context // 4 < len(ids) <= context - context // 4
    text = small.decode(ids)
    assert "Be brief." in text
    assert "Question 0?" not in text
    assert text.count("Question 39?") == 1


def test_a_further_question_mostly_keeps_the_beginning_of_the_prompt(small: TextCodec) -> None:
    """Or the cache would be of no use any more once the context was full."""
    context = length(small, talk(20))
    beginnings = {
        fit_prompt(small, Question(talk(count), when_full="forget"), context).ids[:FIRST_QUESTION]
        for count in range(20, 30)
    }
    assert 1 < len(beginnings) <= 4


def test_with_stop_a_long_conversation_is_refused_with_forgetting_as_a_way_out(small: TextCodec) -> None:
    with pytest.raises(RequestError, match=r"holds 50; let it forget its oldest turns"):
        fit_prompt(small, Question(talk(40)), 50)
    ids, forgotten = fit_prompt(
        small, Question(talk(1)), 3
    )  # a single question is left for the engine to refuse
    assert (len(ids) > 3, forgotten) == (True, 0)


def test_with_stop_a_conversation_needs_room_for_one_more_token(small: TextCodec) -> None:
    turns = talk(2)
    exact = length(small, turns)
    assert fit_prompt(small, Question(turns), exact + 1).ids == prompt_ids(small, turns, None)
    with pytest.raises(RequestError, match=f"has {exact} tokens"):
        fit_prompt(small, Question(turns), exact)


def test_a_long_text_that_might_fit_is_not_refused_by_its_length(small: TextCodec) -> None:
    check_size(small, (Turn("user", "word " * 20_000),), 100_000)


def test_what_is_written_of_the_answer_needs_room_too(small: TextCodec) -> None:
    turns = talk(12)
    context = length(small, turns) * 2
    written = tuple(range(10, 10 + context // 2))
    question = Question(turns, answer_ids=written, when_full="forget")
    ids, forgotten = fit_prompt(small, question, context)
    assert forgotten
    assert len(ids) + len(written) <= context - context // 4


def test_a_question_that_cannot_fit_alone_is_refused(small: TextCodec) -> None:
    with pytest.raises(RequestError, match="even with everything before it forgotten"):
        fit_prompt(small, Question((Turn("user", "word " * 200),), when_full="forget"), 100)


def test_ten_million_characters_are_refused_without_tokenizing_them(small: TextCodec) -> None:
    huge = (Turn("user", "x" * 10_000_000),)
    with pytest.raises(RequestError, match="10,000,000 characters"):
        check_size(small, huge, 4096)
    with pytest.raises(RequestError, match="10,000,000 characters"):
        fit_prompt(small, Question(huge), 4096)
    with pytest.raises(RequestError):
        fit_prompt(small, Question(huge, when_full="forget"), 4096)


def test_an_old_huge_turn_is_forgotten_without_tokenizing_it(small: TextCodec) -> None:
    turns = (Turn("user", "x" * 10_000_000), Turn("assistant", "Oh."), Turn("user", "Why?"))
    ids, forgotten = fit_prompt(small, Question(turns, when_full="forget"), 4096)
    assert (ids, forgotten) == (prompt_ids(small, turns[2:], None), 2)


@given(st.integers(1, 9), st.integers(0, 12), st.booleans())
def test_the_system_prompt_and_the_last_question_always_stay(
    exchanges: int, count: int, system: bool
) -> None:
    turns = talk(exchanges, system)
    kept = without_oldest(turns, count)
    assert kept[-1] == turns[-1]
    assert kept[: int(system)] == turns[: int(system)]
    assert kept[int(system)].role == "user"
    assert len(turns) - len(kept) == 2 * min(count, exchanges - 1)
