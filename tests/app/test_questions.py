from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.conversations import Archive
from app.dialogue import Dialogue, Origin
from app.messages import Question, Turn
from app.questions import Manner, going_on, question_for
from gpu.sampling import Sampling
from tests.app.test_token_trace import THREE


@pytest.fixture
def talk() -> Iterator[Dialogue]:
    archive = Archive()
    result = Dialogue(archive, replace(archive.begin(), system_prompt="Be brief."))
    for question, answer in (("Why?", "Because."), ("And how?", "Like")):
        key = result.ask(question, Origin("demo"))
        result.update(replace(result.tree[key], text=answer, reasoning="Hm.", state="done"))
    yield result
    archive.close()


def test_everything_before_an_answer_is_told_and_the_answer_is_not(talk: Dialogue) -> None:
    talk.change(max_new_tokens=9, when_full="forget")
    manner = Manner(True, Sampling(temperature=0.0), looks_up=True)
    assert question_for(talk, talk.path[-1].id, manner) == Question(
        turns=(
            Turn("system", "Be brief."),
            Turn("user", "Why?"),
            Turn("assistant", "Because.", "Hm."),
            Turn("user", "And how?"),
        ),
        thinking=True,
        sampling=Sampling(temperature=0.0),
        max_new_tokens=9,
        when_full="forget",
        looks_up=True,
    )
    assert question_for(talk, talk.path[1].id, manner).turns[-1] == Turn("user", "Why?")


def test_an_answer_goes_on_after_its_tokens_or_else_after_its_text(talk: Dialogue) -> None:
    question, answer = Question((Turn("user", "And how?"),)), talk.path[-1]
    kept = THREE
    by_tokens = going_on(question, answer, kept, kept.model)
    assert (by_tokens.answer_ids, by_tokens.turns) == (kept.token_ids(), question.turns)
    for trace_, model in ((kept, "another"), (None, kept.model)):
        by_text = going_on(question, answer, trace_, model)
        assert by_text.turns == (*question.turns, Turn("assistant", "Like", "Hm."))
        assert by_text.answer_ids == ()
