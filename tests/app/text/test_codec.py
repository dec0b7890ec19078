from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from app.text import ChatTemplateError, Message, TextCodec
from app.text.config import CHAT_TEMPLATE, TOKENIZER_CONFIG
from app.text.tokenizer import TOKENIZER
from tests.golden.text import SMALL

QUESTION = [Message("user", "Why?")]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The small tokenizer alone: no configuration, no template."""
    shutil.copy(SMALL / TOKENIZER, tmp_path)
    return tmp_path


def test_thinking_is_found_by_rendering(small: TextCodec) -> None:
    assert small.has_chat_template
    assert small.supports_thinking


def test_a_template_without_the_switch_does_not_think(directory: Path) -> None:
    (directory / CHAT_TEMPLATE).write_text("{{ messages[0].content }}{# enable_thinking #}")
    with closing(TextCodec.load(directory)) as codec:
        assert not codec.supports_thinking


def test_the_end_of_a_turn_stops(small: TextCodec, directory: Path) -> None:
    assert small.stop_ids == frozenset(small.encode("<|im_end|>"))
    assert TextCodec.load(directory).stop_ids == frozenset()
    (directory / TOKENIZER_CONFIG).write_text(json.dumps({"eos_token": "<unheard of>"}))
    assert TextCodec.load(directory).stop_ids == frozenset()


def test_without_a_template_plain_text_still_works(directory: Path) -> None:
    codec = TextCodec.load(directory)
    assert not codec.has_chat_template
    assert not codec.supports_thinking
    assert codec.decode(codec.encode("plain")) == "plain"
    with pytest.raises(ChatTemplateError, match="is missing: this checkpoint completes plain text only"):
        codec.encode_chat(QUESTION)


def test_chat_adds_no_special_tokens_of_its_own(directory: Path) -> None:
    """A tokenizer that puts <|endoftext|> before a plain text must not put it before a rendered prompt."""
    fields = json.loads((directory / TOKENIZER).read_text())
    start = {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}
    token = {"id": "<|endoftext|>", "ids": [600], "tokens": ["<|endoftext|>"]}
    fields["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [start, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<|endoftext|>": token},
    }
    (directory / TOKENIZER).write_text(json.dumps(fields))
    (directory / CHAT_TEMPLATE).write_text("{{ messages[0].content }}")
    with closing(TextCodec.load(directory)) as codec:
        assert codec.encode("Why?") == [600, *codec.encode_chat(QUESTION)]


def test_vocabulary_includes_the_added_tokens(small: TextCodec) -> None:
    assert max(small.encode("</think>")) == small.vocab_size - 1
