"""What is clicked in a rendered answer is found where it was written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views.chat.test_markdown import PIECES, read
from views.chat.locate import written_at


@pytest.mark.parametrize(
    ("shown", "word", "source", "place"),
    [
        ("some bold words", "bold", "some **bold** words", 7),
        ("x link and link", "link", "x [link](http://link.link) and link", 3),
        ("一个缩放因子", "因", "一个**缩放**因子", 8),
        ("a a a", "a", "*a* `a` a", 1),
    ],
)
def test_marks_are_passed_over(shown: str, word: str, source: str, place: int) -> None:
    assert written_at(shown, shown.index(word), source) == place


def test_the_middle_of_a_word_is_found_too_and_what_is_no_word_is_not() -> None:
    assert written_at("a scale", 4, "a **scale**") == 6
    assert written_at("a scale", 1, "a **scale**") is None
    assert written_at("R&D here", 0, "&#82;&amp;D here") is None


@given(st.lists(PIECES, max_size=14))
def test_every_block_knows_where_it_was_written(pieces: list[str]) -> None:
    text = "".join(pieces)
    for block in read(text):
        start, end = block.source
        written = text[start:end]
        for word in re.findall(r"[A-Za-z]{3,}", block.plain()):
            assert word in written
