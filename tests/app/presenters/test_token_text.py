from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.presenters.token_text import flow_texts, label_of


def test_words_are_as_they_were_written() -> None:
    assert flow_texts([b"The", b" cliff", b"."]) == ["The", " cliff", "."]


def test_breaks_can_be_seen_and_break() -> None:
    assert flow_texts([b".\n\n", b"\tx\r"]) == [".↵\n↵\n", "⇥\tx␍"]


def test_a_character_is_drawn_by_its_last_token() -> None:
    smile = "🙂".encode()
    assert flow_texts([smile[:1], smile[1:3], smile[3:] + b"!"]) == ["⋅", "⋅", "🙂!"]
    assert flow_texts([b"a", smile[:2]]) == ["a", "�"]


def test_what_could_turn_the_line_around_is_named() -> None:
    assert flow_texts(["a\u202eb\u200b\x07\x85".encode()]) == ["a⟨U+202E⟩b⟨U+200B⟩␇⟨U+0085⟩"]
    assert flow_texts(["👩\u200d🔬".encode()]) == ["👩\u200d🔬"]


@given(st.lists(st.binary(max_size=6), max_size=8))
def test_every_token_is_drawn_and_nothing_is_invisible(pieces: list[bytes]) -> None:
    texts = flow_texts(pieces)
    assert len(texts) == len(pieces)
    assert all(text for text, piece in zip(texts, pieces, strict=True) if piece)
    hidden = {character for text in texts for character in text if unicodedata.category(character)[0] == "C"}
    assert hidden <= {"\n", "\t", "\u200c", "\u200d"}


@pytest.mark.parametrize(
    ("piece", "label"),
    [
        (b" cliff", "« cliff»"),
        (b"\n\n", "«↵↵»"),
        (b"\t", "«⇥»"),
        (b"\xf0\x9f", "bytes F0 9F"),
        (b"", "(nothing)"),
    ],
)
def test_labels(piece: bytes, label: str) -> None:
    assert label_of(piece) == label
