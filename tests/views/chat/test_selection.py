"""A selection runs over blocks, in either direction."""

from __future__ import annotations

import pytest

from tests.views.chat.test_markdown import read
from views.chat.column import Column
from views.chat.selection import Selection
from views.chat.style import TextStyle


@pytest.fixture
def column(theme) -> Column:
    result = Column(TextStyle(theme), 400)
    result.set_blocks(read("one **two**\n\n- three\n- four\n\nfive"))
    return result


@pytest.mark.parametrize("swapped", [False, True])
def test_text_of_a_stretch(column: Column, swapped: bool) -> None:
    selection = Selection((0, 4), (2, 2))
    if swapped:
        selection = Selection(selection.end, selection.anchor)
    assert selection.text(column) == "two\nthree\nfo"


def test_ranges_in_blocks() -> None:
    selection = Selection((1, 3), (3, 2))
    assert [selection.range_in(block, 9) for block in range(5)] == [None, (3, 9), (0, 9), (0, 2), None]
    assert Selection((1, 3), (1, 3)).is_empty


def test_paragraphs_are_apart(column: Column) -> None:
    assert Selection((2, 0), (3, 4)).text(column) == "four\n\nfive"
