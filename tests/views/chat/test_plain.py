"""Plain text is cut into pieces that are laid out quickly, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.chat.plain import plain_blocks


@given(st.lists(st.sampled_from(["word ", "x" * 3000, "\n", "line\n" * 100]), max_size=12))
def test_pieces_are_short_and_make_up_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    blocks = plain_blocks(text)
    assert all(len(block.text) <= 2000 for block in blocks)
    assert "".join(block.text for block in blocks).replace("\n", "") == text.replace("\n", "")
    assert all(block.joined for block in blocks[1:])


@pytest.mark.parametrize("text", ["", "one line", "two\nlines"])
def test_a_short_text_is_one_piece_as_it_is(text: str) -> None:
    assert [block.text for block in plain_blocks(text)] == ([text] if text else [])
