"""A text is counted in pieces, and a cancelled count says so."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from app.attachments import Attachment
from app.tasks.count import PIECE, Counted, counting, pieces


@given(st.lists(st.sampled_from(["line\n", "x" * PIECE, "word " * 9_000]), max_size=6))
def test_pieces_make_up_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    found = list(pieces(text))
    assert "".join(found) == text
    assert all(0 < len(piece) <= PIECE for piece in found)


def desk(letters: list[object]) -> SimpleNamespace:
    codec = SimpleNamespace(encode=str.split)  # a token a word
    files = SimpleNamespace(codec=codec)
    return SimpleNamespace(opened=SimpleNamespace(files=files), post=letters.append)


def test_words_are_counted() -> None:
    letters: list[object] = []
    attachment = Attachment("a.txt", "one two\n" * 20_000)
    counting(attachment)(desk(letters), lambda: False)
    assert letters == [Counted(attachment, 40_000)]


def test_a_cancelled_count_has_no_number() -> None:
    letters: list[object] = []
    attachment = Attachment("a.txt", "one")
    counting(attachment)(desk(letters), lambda: True)
    assert letters == [Counted(attachment, None)]
