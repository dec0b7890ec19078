from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.answering import Answering, time_left_s
from app.conversations import Archive, Message
from app.dialogue import Dialogue, Origin
from app.messages import Forgot, Question, Traced, Turn, Wrote
from gpu.events import Failed, Finished, PromptProgress, Timing, Token
from tests.app.test_token_trace import THREE, entry

QUESTION = Question((Turn("user", "Why?"),))


class Clock:
    """Seconds, as a test sets them."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def talk() -> Iterator[Dialogue]:
    archive = Archive()
    result = Dialogue(archive, archive.begin())
    result.ask("Why?", Origin("demo"))
    yield result
    archive.close()


def run_of(talk: Dialogue, clock: Clock, question: Question = QUESTION, **start) -> Answering:
    return Answering(talk, talk.path[-1].id, question, clock_s=clock, **start)


def answer(talk: Dialogue) -> Message:
    return talk.path[-1]


def test_text_and_thoughts_grow_and_the_end_is_noted(talk: Dialogue, clock: Clock) -> None:
    run = run_of(talk, clock)
    clock.now_s += 2
    for letter in (Wrote(1, "Hm", ""), Wrote(1, ".", ""), Wrote(1, "", "Because")):
        run.hear(letter)
    assert (answer(talk).reasoning, answer(talk).text, answer(talk).state) == ("Hm.", "Because", "streaming")
    run.measure(Timing(1, 0, 3, 7, 90.0, 30.0, 9, 64))
    run.hear(Finished(1, "stop"))
    assert (answer(talk).state, answer(talk).note) == ("done", "7 tokens · 30.0 tok/s")
    assert run.progress.first_token_ms == 2000
    assert run.ended == Finished(1, "stop")


@pytest.mark.parametrize(
    ("reason", "state"),
    [("stop", "done"), ("length", "cut"), ("context", "cut"), ("cancelled", "cancelled")],
)
def test_how_it_ended_is_kept(talk: Dialogue, clock: Clock, reason, state: str) -> None:
    run_of(talk, clock).hear(Finished(1, reason))
    assert answer(talk).state == state


def test_a_failure_keeps_what_was_written(talk: Dialogue, clock: Clock) -> None:
    run = run_of(talk, clock)
    run.hear(Wrote(1, "", "Because"))
    run.hear(Failed(1, "The device was lost."))
    assert (answer(talk).text, answer(talk).state, answer(talk).error) == (
        *("Because", "failed"),
        "The device was lost.",
    )


def test_thinking_is_timed_from_its_first_word_to_the_answers_first(talk: Dialogue, clock: Clock) -> None:
    run = run_of(talk, clock)
    clock.now_s += 5  # the prompt is read
    run.hear(Wrote(1, "Hm", ""))
    clock.now_s += 3
    run.hear(Wrote(1, "", "So"))
    clock.now_s += 9
    run.hear(Wrote(1, "", " it is"))
    run.hear(Finished(1, "stop"))
    assert answer(talk).reasoning_ms == 3000


def test_thinking_that_was_stopped_and_goes_on_adds_up(talk: Dialogue, clock: Clock) -> None:
    first = run_of(talk, clock)
    first.hear(Wrote(1, "Hm", ""))
    clock.now_s += 2
    first.hear(Finished(1, "cancelled"))
    assert answer(talk).reasoning_ms == 2000
    second = run_of(talk, clock)
    clock.now_s += 50
    second.hear(Wrote(2, " so", ""))
    clock.now_s += 1
    second.hear(Wrote(2, "", "Yes"))
    assert answer(talk).reasoning_ms == 3000


def test_an_answer_without_thoughts_has_no_time_of_thinking(talk: Dialogue, clock: Clock) -> None:
    run = run_of(talk, clock)
    run.hear(Wrote(1, "", "Yes"))
    run.hear(Finished(1, "stop"))
    assert answer(talk).reasoning_ms is None


def test_going_on_after_tokens_brings_the_whole_text_again(talk: Dialogue, clock: Clock) -> None:
    talk.update(replace(answer(talk), text="Because", reasoning="Hm."))
    run = run_of(talk, clock, replace(QUESTION, answer_ids=(7, 9, 3)), start=THREE)
    assert answer(talk).text == "Because"  # until something came, nothing is lost
    run.hear(Wrote(1, "Hm.", "Because"))
    run.hear(Traced(1, entry(4)))
    run.hear(Wrote(1, "", " of"))
    run.hear(Finished(1, "stop"))
    assert (answer(talk).reasoning, answer(talk).text) == ("Hm.", "Because of")
    trace = run.trace()
    assert trace is not None
    assert trace.token_ids() == (7, 9, 3, 4)


def test_going_on_after_text_appends_and_leaves_no_trace_that_lacks_its_beginning(
    talk: Dialogue, clock: Clock
) -> None:
    talk.update(replace(answer(talk), text="Because"))
    run = run_of(talk, clock, Question((*QUESTION.turns, Turn("assistant", "Because"))))
    run.hear(Wrote(1, "", " of"))
    run.hear(Traced(1, entry(4)))
    assert answer(talk).text == "Because of"
    assert (run.trace(), run.builder()) == (None, None)


def test_what_comes_for_a_deleted_answer_is_dropped(talk: Dialogue, clock: Clock) -> None:
    run = run_of(talk, clock)
    talk.delete(answer(talk).id)
    run.hear(Wrote(1, "", "late"))
    run.hear(Finished(1, "stop"))
    assert [message.text for message in talk.path] == ["Why?"]
    assert run.ended is not None


def test_the_rest_of_a_prompt_takes_as_long_as_it_took_so_far(talk: Dialogue, clock: Clock) -> None:
    run = run_of(talk, clock)
    run.hear(PromptProgress(1, 100, 1000, 100))
    assert run.progress.prompt_left_s is None  # nothing was computed yet
    clock.now_s += 3
    run.hear(PromptProgress(1, 400, 1000, 100))
    assert run.progress.prompt_left_s == pytest.approx(6)
    run.hear(PromptProgress(1, 1000, 1000, 100))
    assert run.progress.prompt_left_s is None
    assert time_left_s(PromptProgress(1, 5, 5, 5), 1.0) is None


def test_tokens_and_forgotten_turns_are_counted(talk: Dialogue, clock: Clock) -> None:
    run = run_of(talk, clock)
    run.hear(Forgot(1, 4))
    run.hear(Token(1, 5, 33))
    assert (run.progress.forgotten_turns, run.progress.context_used) == (4, 33)


def test_what_the_model_sees_begins_with_a_message(talk: Dialogue, clock: Clock) -> None:
    talk.delete(talk.path[0].id)
    for question, state, text in (("Why?", "done", "So."), ("Long?", "failed", ""), ("How?", "done", "By.")):
        key = talk.ask(question, Origin())
        talk.update(replace(talk.tree[key], text=text, state=state))
    talk.ask("And now?", Origin())
    run = run_of(talk, clock)
    run.hear(Forgot(1, 2))
    assert run.progress.first_seen is not None
    assert talk.tree[run.progress.first_seen].text == "How?"  # the one in between was never told


def test_an_answer_that_alone_fills_the_context_ends_there(talk: Dialogue, clock: Clock) -> None:
    talk.update(replace(answer(talk), text="So it goes", state="streaming"))
    run = run_of(talk, clock, replace(QUESTION, answer_ids=(1, 2)), filled=True)
    run.hear(Failed(1, "The context cannot hold it."))
    assert isinstance(run.ended, Finished)
    assert (answer(talk).state, answer(talk).text, answer(talk).error) == ("cut", "So it goes", "")
    assert answer(talk).note == "the context is full"


def test_a_prompt_that_was_cancelled_is_no_longer_read(talk: Dialogue, clock: Clock) -> None:
    run = run_of(talk, clock)
    run.hear(PromptProgress(1, 400, 1000, 100))
    run.hear(Finished(1, "cancelled"))
    assert (run.progress.prompt, run.progress.prompt_left_s) == (None, None)
