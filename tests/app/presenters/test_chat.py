from __future__ import annotations

from dataclasses import replace

from app.attachments import Attachment
from app.conversations import Tree
from app.messages import Turn
from app.presenters.chat import Shown, chat_frame, note_of, turns_of
from gpu.events import Timing
from tests.app.conversations.samples import message

WHY = message(1, None, "Why?")
DONE = message(2, 1, "Because so.", reasoning="Hm.", reasoning_ms=1500, note="n")
WHAT = message(3, 2, "What?")
FAILED = message(4, 3, state="failed", error="The prompt is too long.")
HOW = message(5, 4, "How?")
STOPPED = message(6, 5, "By", state="cancelled")
SINCE = message(7, 6, "Since when?")
PATH = (WHY, DONE, WHAT, FAILED, HOW, STOPPED, SINCE)


def shown(*path, **changes) -> Shown:
    return replace(Shown(7, Tree(path), path, ready=True, can_ask=True), **changes)


def timing(tokens: int, speed: float = 31.26) -> Timing:
    return Timing(1, 0, 5, tokens, 90.0, speed, 10, 64)


def test_a_message_is_drawn_with_all_that_is_known_of_it() -> None:
    question, answer = chat_frame(shown(WHY, DONE)).messages
    assert (question.role, question.text, question.key) == ("user", "Why?", 1)
    assert (answer.text, answer.reasoning, answer.state, answer.note) == ("Because so.", "Hm.", "done", "n")
    assert (answer.key, answer.reasoning_ms, answer.sibling, answer.sibling_count) == (2, 1500, 1, 1)


def test_siblings_are_counted_from_one() -> None:
    other = message(9, 1, "Another.")
    frame = chat_frame(Shown(7, Tree([WHY, DONE, other]), (WHY, other)))
    assert (frame.messages[1].sibling, frame.messages[1].sibling_count) == (2, 2)


def test_the_last_answer_can_be_had_again_once_it_has_ended() -> None:
    assert chat_frame(shown(WHY, DONE)).can_regenerate
    assert chat_frame(shown(WHAT, FAILED)).can_regenerate
    assert chat_frame(shown(WHY)).can_regenerate  # its answer was deleted
    assert not chat_frame(shown(WHY, replace(DONE, state="streaming"))).can_regenerate
    assert not chat_frame(shown(WHY, DONE, can_ask=False)).can_regenerate
    assert not chat_frame(shown()).can_regenerate


def test_only_the_last_answer_and_only_an_unfinished_one_can_go_on() -> None:
    def can_continue(*path) -> list[bool]:
        return [frame.can_continue for frame in chat_frame(shown(*path)).messages]

    assert can_continue(HOW, STOPPED) == [False, True]
    assert can_continue(HOW, STOPPED, SINCE) == [False, False, False]
    assert can_continue(WHY, DONE) == [False, False]
    assert can_continue(WHAT, FAILED) == [False, False]  # nothing was written yet
    for state in ("cut", "interrupted", "failed"):
        assert can_continue(HOW, replace(STOPPED, state=state)) == [False, True]
    assert not chat_frame(shown(HOW, STOPPED, can_ask=False)).messages[1].can_continue


def test_an_interrupted_answer_says_why_it_ends() -> None:
    (frame,) = chat_frame(shown(replace(STOPPED, state="interrupted"))).messages
    assert (frame.state, frame.note) == ("done", "The program ended before this answer did")


def test_answers_whose_tokens_are_kept_are_marked_and_another_panel_may_add_to_frames() -> None:
    dress = lambda said, frame: replace(frame, note=f"{said.id}!")  # noqa: E731
    question, answer = chat_frame(shown(WHY, DONE, traced={2}, dress=dress)).messages
    assert (question.has_tokens, answer.has_tokens, answer.note) == (False, True, "2!")


def test_the_model_is_given_what_was_answered_and_the_open_question() -> None:
    assert turns_of(PATH) == (
        Turn("user", "Why?"),
        Turn("assistant", "Because so.", "Hm."),
        Turn("user", "How?"),
        Turn("assistant", "By"),
        Turn("user", "Since when?"),
    )


def test_the_system_prompt_comes_first_unless_it_is_blank() -> None:
    assert turns_of((WHY,), "Be brief.") == (Turn("system", "Be brief."), Turn("user", "Why?"))
    assert turns_of((WHY,), " \n") == (Turn("user", "Why?"),)


def test_attached_texts_go_before_the_question() -> None:
    (turn,) = turns_of((replace(WHY, attachments=(Attachment("a.py", "x = 1"),)),))
    assert turn.text.startswith("a.py")
    assert turn.text.index("x = 1") < turn.text.index("Why?")


def test_the_small_print_tells_tokens_speed_and_an_unusual_end() -> None:
    assert note_of(timing(48), "stop") == "48 tokens · 31.3 tok/s"
    assert note_of(timing(1, 0.0), "cancelled") == "1 token"
    assert note_of(timing(48), "context").endswith("the context is full")
    assert note_of(None, "length") == "ended at the longest answer allowed"
    assert note_of(None, "stop") == ""


def test_what_the_model_no_longer_sees_is_said_where_it_ends() -> None:
    above = [frame.above for frame in chat_frame(shown(WHY, DONE, HOW, first_seen=HOW.id)).messages]
    assert above[:2] == ["", ""]
    assert "no longer sees what is above" in above[2]


def test_a_frame_is_made_again_only_for_what_changed() -> None:
    first = shown(*PATH)
    before = chat_frame(first).messages
    other = message(9, 6, "Until when?")
    for changed, anew in (
        (first, set()),
        (replace(first, path=(*PATH[:-1], replace(SINCE, text="Since then?"))), {7}),
        (replace(first, traced={2}), {2}),
        (replace(first, first_seen=3), {3}),
        (replace(first, tree=Tree((*PATH, other))), {7}),
        (replace(first, path=PATH[:-1]), {6}),
    ):
        after = chat_frame(changed).messages
        fresh = chat_frame(replace(changed, made={})).messages
        assert after == fresh
        assert {new.key for new, old in zip(after, before, strict=False) if new is not old} == anew
        chat_frame(first)
        before = chat_frame(first).messages
