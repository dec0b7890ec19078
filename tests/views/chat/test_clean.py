"""Nothing a model writes can break or deceive the display."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from views.chat.clean import readable, unambiguous


def test_control_characters_are_seen_and_do_nothing() -> None:
    assert readable("a\x00b\x1b[31mc\x7f\x85") == "a␀b␛[31mc␡\ufffd"


def test_lines_end_one_way() -> None:
    assert readable("a\r\nb\u2028c\u2029d\te") == "a\nb\nc\nd\te"


def test_what_is_no_character_is_replaced() -> None:
    assert readable("\ud800 \ufffc \ufdd0 \uffff") == "\ufffd \ufffd \ufffd \ufffd"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_what_is_left_can_be_encoded_and_stays(text: str) -> None:
    clean = readable(text)
    clean.encode()
    assert readable(clean) == clean


def test_hidden_changes_of_direction_in_code_are_spelt_out() -> None:
    assert unambiguous("if a:\u202e b") == "if a:⟨U+202E⟩ b"
    assert unambiguous("שלום") == "שלום"
