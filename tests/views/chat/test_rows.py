"""Rows keep their heights, match new frames, and hold a place while heights change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from views.chat.rows import GAP, Anchor, Rows, same_message
from views.chat.style import TextStyle
from views.frames import MessageFrame


def message(key: int, text: str = "words") -> MessageFrame:
    return MessageFrame("user" if key % 2 else "assistant", text, key=key)


@pytest.fixture
def rows(theme) -> Rows:
    result = Rows(TextStyle(theme))
    result.set_messages([message(key) for key in range(1, 7)])
    for row in result.rows:
        result.set_height(row, 100)
    return result


def test_rows_stand_below_each_other(rows: Rows) -> None:
    assert [rows.top(row) for row in rows.rows[:3]] == [0, 100 + GAP, 200 + 2 * GAP]
    assert rows.height == 6 * 100 + 5 * GAP
    assert rows.between(120, 240) == (1, 2)


def test_a_place_stays_while_heights_above_change(rows: Rows) -> None:
    anchor = rows.anchor_at(250)
    assert anchor == Anchor(2, None, 250 - 2 * (100 + GAP))
    rows.set_height(rows.rows[0], 180)
    assert rows.y_of(anchor) == 330


def test_places_are_right_whatever_changes_and_in_whatever_order(rows: Rows) -> None:
    for place, height, messages in ((4, 30, 6), (1, 70, 9), (8, 10, 5), (0, 5, 7), (6, 55, 7)):
        rows.set_messages([message(key) for key in range(1, messages + 1)])
        rows.set_height(rows.rows[min(place, messages - 1)], height)
        tops = [sum(row.height + GAP for row in rows.rows[:number]) for number in range(messages + 1)]
        assert [rows.top(row) for row in rows.rows] == tops[:-1]
        assert rows.height == tops[-1] - GAP


def test_messages_that_stay_keep_their_rows(rows: Rows) -> None:
    before = list(rows.rows)
    gone = rows.set_messages([message(1), replace(message(2), text="other"), message(9)])
    assert rows.rows[:2] == before[:2]
    assert rows.rows[1].frame.text == "other"
    assert gone == before[2:]


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (MessageFrame("user", "a"), MessageFrame("user", "a"), True),
        (MessageFrame("user", "a"), MessageFrame("user", "b"), False),
        (MessageFrame("assistant", "a", state="streaming"), MessageFrame("assistant", "b"), True),
        (message(2, "a"), message(2, "b"), True),
        (message(2), message(4), False),
        (MessageFrame("user", "a"), MessageFrame("assistant", "a"), False),
    ],
)
def test_which_messages_are_the_same(old: MessageFrame, new: MessageFrame, same: bool) -> None:
    assert same_message(old, new) == same


def test_nothing_at_all(theme) -> None:
    rows = Rows(TextStyle(theme))
    assert rows.height == 0
    assert rows.between(0, 100) == (0, -1)
    assert rows.anchor_at(50) == Anchor()
