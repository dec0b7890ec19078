"""What `transformers` gives for the same tokenizer and template, ids and text alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.text import Message, TextCodec
from tests.app.text.golden import cases
from tests.golden.text.cases import CLOCK, CONVERSATIONS, SEARCH

Codecs = Callable[[str], TextCodec]


@pytest.mark.parametrize(("name", "case"), cases("encoded", "name"))
def test_encode(codec: Codecs, name: str, case: dict[str, Any]) -> None:
    assert codec(name).encode(case["text"]) == case["ids"]


@pytest.mark.parametrize(("name", "case"), cases("decoded", "name"))
def test_decode_and_stream_arbitrary_ids(codec: Codecs, name: str, case: dict[str, Any]) -> None:
    for skip, expected in ((False, case["text"]), (True, case["without_special"])):
        decoder = codec(name).stream_decoder(skip_special_tokens=skip)
        streamed = "".join(decoder.push(token_id) for token_id in case["ids"]) + decoder.finish()
        assert streamed == expected
        assert codec(name).decode(case["ids"], skip_special_tokens=skip) == expected


@pytest.mark.parametrize(("name", "case"), cases("rendered", "conversation"))
def test_conversation(codec: Codecs, name: str, case: dict[str, Any]) -> None:
    turns = CONVERSATIONS[case["conversation"]]
    messages = [Message(**{**turn, "tool_calls": tuple(turn.get("tool_calls", ()))}) for turn in turns]
    options = {
        "enable_thinking": case["enable_thinking"],
        "tools": [SEARCH, CLOCK] if case["tools"] else None,
        "add_generation_prompt": case["add_generation_prompt"],
    }
    assert codec(name).render(messages, **options) == case["text"]
    assert codec(name).encode_chat(messages, **options) == case["ids"]
