from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from app.text import IncrementalDecoder, TextCodec

REPLACEMENT = "\ufffd"
FAMILY = "👩‍👩‍👧‍👦"


def pieces(decoder: IncrementalDecoder, ids: list[int]) -> list[str]:
    return [*(decoder.push(token_id) for token_id in ids), decoder.finish()]


@given(text=st.text())
@example(text=FAMILY + "é ü 你好 مرحبا 🏳️‍🌈")
def test_no_piece_of_a_valid_text_shows_half_a_character(small: TextCodec, text: str) -> None:
    ids = small.encode(text.replace(REPLACEMENT, ""))
    streamed = pieces(small.stream_decoder(skip_special_tokens=False), ids)
    assert REPLACEMENT not in "".join(streamed)
    assert "".join(streamed) == small.decode(ids, skip_special_tokens=False)


@given(data=st.data(), skip=st.booleans())
def test_pieces_of_arbitrary_ids_add_up(small: TextCodec, data: st.DataObject, skip: bool) -> None:
    ids = data.draw(st.lists(st.integers(0, small.vocab_size + 9), max_size=40))
    streamed = pieces(small.stream_decoder(skip_special_tokens=skip), ids)
    assert "".join(streamed) == small.decode(ids, skip_special_tokens=skip)


def test_a_character_of_several_tokens_appears_when_it_is_whole(small: TextCodec) -> None:
    ids = small.encode("𪛖")
    assert len(ids) == 4
    assert pieces(small.stream_decoder(), ids) == ["", "", "", "𪛖", ""]


def test_an_unfinished_character_is_marked_at_the_end(small: TextCodec) -> None:
    *begun, _ = small.encode("𪛖")
    decoder = small.stream_decoder()
    assert pieces(decoder, begun) == ["", "", "", REPLACEMENT]
    assert pieces(decoder, small.encode("a")) == ["a", ""]


def test_special_tokens_are_skipped_or_shown(small: TextCodec) -> None:
    ids = small.encode("<think>a<|im_end|>")
    assert "".join(pieces(small.stream_decoder(), ids)) == "<think>a"
    assert "".join(pieces(small.stream_decoder(skip_special_tokens=False), ids)) == "<think>a<|im_end|>"
