from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken

from app.text.errors import TextError
from app.text.tokenizer import TOKENIZER, ByteLevelTokenizer
from gpu.errors import FormatError
from tests.golden.text import SMALL


@pytest.fixture(scope="module")
def tokenizer() -> ByteLevelTokenizer:
    return ByteLevelTokenizer.load(SMALL, {})


def altered(directory: Path, **changes: Any) -> Path:
    """`directory` with the small tokenizer in it, some of its settings replaced."""
    fields = json.loads((SMALL / TOKENIZER).read_text()) | changes
    (directory / TOKENIZER).write_text(json.dumps(fields))
    return directory


@given(text=st.text())
def test_encoding_loses_nothing_but_the_normal_form(tokenizer: ByteLevelTokenizer, text: str) -> None:
    ids = tokenizer.encode(text)
    assert tokenizer.encode(tokenizer.decode(ids, skip_special_tokens=False)) == ids


@given(data=st.data())
def test_token_bytes_are_what_decoding_concatenates(
    tokenizer: ByteLevelTokenizer, data: st.DataObject
) -> None:
    ids = data.draw(st.lists(st.integers(0, tokenizer.vocab_size + 9)))
    joined = b"".join(tokenizer.token_bytes(token_id) for token_id in ids)
    assert joined.decode(errors="replace") == tokenizer.decode(ids, skip_special_tokens=False)


def test_no_token_is_longer_than_the_longest(tokenizer: ByteLevelTokenizer) -> None:
    lengths = [len(tokenizer.token_bytes(token_id)) for token_id in range(tokenizer.vocab_size)]
    assert tokenizer.longest_token_bytes == max(lengths)


def test_every_byte_has_a_token(tokenizer: ByteLevelTokenizer) -> None:
    single = {tokenizer.token_bytes(token_id) for token_id in range(tokenizer.vocab_size)}
    assert {bytes([value]) for value in range(256)} <= single


def test_special_tokens_are_known(tokenizer: ByteLevelTokenizer) -> None:
    end, think = tokenizer.id_of("<|im_end|>"), tokenizer.id_of("<think>")
    assert end is not None
    assert think is not None
    assert tokenizer.is_special(end)
    assert not tokenizer.is_special(think)
    assert tokenizer.decode([end, think]) == "<think>"
    assert tokenizer.id_of("<|nothing|>") is None


def test_stored_truncation_and_padding_are_ignored(tmp_path: Path) -> None:
    truncation = {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0}
    padding = {
        "strategy": {"Fixed": 64},
        "direction": "Right",
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "!",
    }
    padding["pad_to_multiple_of"] = None
    tokenizer = ByteLevelTokenizer.load(altered(tmp_path, truncation=truncation, padding=padding), {})
    text = "a longer text than two tokens"
    assert tokenizer.encode(text) == ByteLevelTokenizer.load(SMALL, {}).encode(text)


def test_tokens_declared_only_in_the_configuration_are_added(tokenizer: ByteLevelTokenizer) -> None:
    first = tokenizer.vocab_size
    declared = {first + 1: AddedToken("<b >", special=True), first: AddedToken("<中>", normalized=False)}
    extended = ByteLevelTokenizer.load(SMALL, declared)
    ids = extended.encode("x<b >y<中>")
    assert [first + 1, first] == [ids[1], ids[3]]
    assert extended.decode(ids) == "xy<中>"
    assert extended.token_bytes(first + 1) == b"<b >"


def test_a_declared_token_whose_id_is_taken_is_refused() -> None:
    with pytest.raises(FormatError, match=r"'<new>' is declared to have id 3"):
        ByteLevelTokenizer.load(SMALL, {3: AddedToken("<new>")})


def test_half_a_surrogate_pair_is_refused(tokenizer: ByteLevelTokenizer) -> None:
    with pytest.raises(TextError, match="surrogate"):
        tokenizer.encode("\ud83d")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"tokenizer\.json: there is no such file"):
        ByteLevelTokenizer.load(tmp_path, {})


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff\xfe", b"[1, 2]", b'{"model": {"type": "BPE"}}'])
def test_a_corrupt_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TOKENIZER).write_bytes(content)
    with pytest.raises(FormatError, match=r"tokenizer\.json: not a tokenizer"):
        ByteLevelTokenizer.load(tmp_path, {})


@pytest.mark.parametrize("decoder", [None, {"type": "Fuse"}, {"type": "ByteFallback"}])
def test_other_kinds_of_tokenizer_are_refused(tmp_path: Path, decoder: Any) -> None:
    with pytest.raises(FormatError, match="only byte-level tokenizers"):
        ByteLevelTokenizer.load(altered(tmp_path, decoder=decoder), {})
