from __future__ import annotations

from app.messages import Turn
from app.presenters.chat import Exchange, chat_frame, note_of, turns_of
from gpu.events import Timing

DONE = (
    Exchange("Why?")
    .with_more("Hm. ", "")
    .with_more("", "Because")
    .with_more("", " so.")
    .finished("stop", "n")
)
OPEN = Exchange("Since when?")
FAILED = Exchange("What?").failed("The prompt is too long.")
STOPPED = Exchange("How?").with_more("", "By").finished("cancelled", "")


def timing(tokens: int, speed: float = 31.26) -> Timing:
    return Timing(1, 0, 5, tokens, 90.0, speed, 10, 64)


def test_an_exchange_is_two_messages_that_grow() -> None:
    question, answer = chat_frame((DONE,), (), can_ask=True).messages
    assert (question.role, question.text) == ("user", "Why?")
    assert (answer.text, answer.reasoning, answer.state, answer.note) == ("Because so.", "Hm. ", "done", "n")


def test_the_last_answer_can_be_had_again_once_it_has_ended() -> None:
    assert chat_frame((DONE,), (), can_ask=True).can_regenerate
    assert chat_frame((FAILED,), (), can_ask=True).can_regenerate
    assert not chat_frame((DONE, OPEN), (), can_ask=True).can_regenerate
    assert not chat_frame((DONE,), (), can_ask=False).can_regenerate
    assert not chat_frame((), ("Try this",), can_ask=True).can_regenerate


def test_the_model_is_given_what_was_answered_and_the_open_question() -> None:
    assert turns_of((DONE, FAILED, STOPPED, OPEN)) == (
        Turn("user", "Why?"),
        Turn("assistant", "Because so.", "Hm. "),
        Turn("user", "How?"),
        Turn("assistant", "By"),
        Turn("user", "Since when?"),
    )


def test_the_small_print_tells_tokens_speed_and_an_unusual_end() -> None:
    assert note_of(timing(48), "stop") == "48 tokens · 31.3 tok/s"
    assert note_of(timing(1, 0.0), "cancelled") == "1 token"
    assert note_of(timing(48), "context").endswith("the context is full: start a new chat")
    assert note_of(None, "length") == "ended at the longest answer allowed"
    assert note_of(None, "stop") == ""
