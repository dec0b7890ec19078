from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.conversations import Conversation
from app.conversations.search import Hit
from app.presenters.conversations import (
    NOTHING_YET,
    Listing,
    conversations_frame,
    deleted_text,
    interrupted_text,
)
from views.frames.conversations import ConversationsFrame

NOW = datetime(2026, 3, 18, 15, 30)  # a Wednesday


def talk(key: int, ago: timedelta, **fields: object) -> Conversation:
    changed_ms = round((NOW - ago).timestamp() * 1000)
    return replace(Conversation(key, title=f"Talk {key}", changed_ms=changed_ms), **fields)  # type: ignore[arg-type]


def headings(frame: ConversationsFrame) -> dict[str, list[int]]:
    return {section.title: [row.key for row in section.rows] for section in frame.sections}


def test_conversations_stand_under_their_age() -> None:
    ages = (timedelta(minutes=5), timedelta(hours=20), timedelta(days=4), timedelta(days=20))
    talks = [talk(9, timedelta(days=400), pinned=True), *(talk(n, age) for n, age in enumerate(ages, 1))]
    talks.append(talk(5, timedelta(days=90)))
    frame = conversations_frame(Listing(talks, current=2), NOW)
    assert headings(frame) == {
        "Pinned": [9],
        "Today": [1],
        "Yesterday": [2],
        "Previous 7 days": [3],
        "Previous 30 days": [4],
        "December 2025": [5],
    }
    assert (frame.current, frame.note) == (2, "")


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(minutes=5), "15:25"),
        (timedelta(days=2), "Monday"),
        (timedelta(days=20), "26 Feb"),
        (timedelta(days=400), "11 Feb 2025"),
        (timedelta(days=-1), "15:30"),
    ],
)
def test_the_small_print_says_when_and_in_which_scheme(ago: timedelta, text: str) -> None:
    frame = conversations_frame(Listing([talk(1, ago, scheme="W4A8")]), NOW)
    assert frame.sections[0].rows[0].detail == f"{text} · W4A8"


def test_one_that_is_being_answered_says_so() -> None:
    frame = conversations_frame(Listing([talk(1, timedelta())], running=1), NOW)
    assert frame.sections[0].rows[0].detail == "answering…"


def test_what_was_found_comes_as_it_was_found_with_its_words() -> None:
    talks = [talk(1, timedelta(), title=""), talk(2, timedelta())]
    snippet = (("why do ", False), ("outliers", True))
    hits = (Hit(2, 7, snippet), Hit(1, None, (("x", True),)), Hit(3, 8, snippet))
    frame = conversations_frame(Listing(talks, query="outliers", hits=hits), NOW)
    assert headings(frame) == {"Found": [2, 1]}
    assert [row.snippet for row in frame.sections[0].rows] == [snippet, ()]
    assert frame.sections[0].rows[1].title == "New conversation"


def test_nothing_is_said_in_words() -> None:
    assert conversations_frame(Listing([]), NOW).note == NOTHING_YET
    frame = conversations_frame(Listing([], query=" zebra ", hits=()), NOW)
    assert frame.note == "No conversation has “zebra” in it."


def test_what_can_be_brought_back_is_named() -> None:
    assert deleted_text("Outliers") == "Deleted “Outliers”"
    assert deleted_text("") == "Deleted “New conversation”"
    assert conversations_frame(Listing([], undo="Deleted “A”"), NOW).undo == "Deleted “A”"


def test_interrupted_answers_are_named_by_their_conversations() -> None:
    assert interrupted_text([]) == ""
    assert interrupted_text(["A", ""]).endswith("is kept in “A”, “New conversation”.")
