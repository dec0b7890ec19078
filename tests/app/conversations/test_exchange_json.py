from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attachments import Attachment
from app.conversations.exchange_json import FORMAT, from_json, to_json
from app.conversations.records import ExchangeError
from gpu.sampling import Sampling
from tests.app.conversations.samples import TALK, message

MESSAGES = (
    message(1, None, "Why?", attachments=(Attachment("a.txt", "b"),), thinking=True),
    message(2, 1, "Because.", reasoning="Hm.", reasoning_ms=5, state="cut", sampling=Sampling(seed=3)),
    message(3, 1, "So.", state="failed", error="Lost.", model="demo", scheme="W4A8"),
)


def document(**changes: Any) -> str:
    return json.dumps({"format": FORMAT, "version": 1, "conversations": []} | changes)


def one(*messages: dict[str, Any], **fields: Any) -> str:
    return document(conversations=[{"title": "T", "messages": list(messages), **fields}])


def test_everything_comes_back() -> None:
    ((talk, messages),) = from_json("".join(to_json([(TALK, MESSAGES)])))
    assert replace(talk, id=TALK.id) == TALK
    assert tuple(replace(each, conversation=TALK.id) for each in messages) == MESSAGES


@given(st.lists(st.text(), max_size=4))
def test_any_texts_come_back(texts: list[str]) -> None:
    said = tuple(message(key, None, text) for key, text in enumerate(texts, 1))
    found = from_json("".join(to_json([(TALK, said), (TALK, ()), (TALK, said)])))
    assert [[each.text for each in messages] for _, messages in found] == [texts, [], texts]


def test_what_a_later_version_adds_is_left_out() -> None:
    ((talk, messages),) = from_json(one({"id": 4, "role": "user", "mood": "grim"}, colour="red"))
    assert (talk.title, messages[0].id) == ("T", 4)


def test_an_answer_exported_while_it_was_written_is_an_interrupted_one() -> None:
    ((_, messages),) = from_json(one({"id": 4, "role": "assistant", "state": "streaming"}))
    assert messages[0].state == "interrupted"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[" * 100_000,
        "[]",
        "{}",
        '{"format": "chatgpt"}',
        document(version=2),
        document(conversations={}),
        document(),
        document(conversations=["x"]),
        one({"id": "4", "role": "user"}),
        one({"id": 4}),
        one({"id": 4, "role": "tool"}),
        one({"id": -4, "role": "user"}),
        one({"id": 10**30, "role": "user"}),
        one({"id": 4, "role": "user", "text": None}),
        one({"id": True, "role": "user"}),
        one({"id": 4, "role": "user"}, {"id": 4, "role": "user"}),
        one({"id": 4, "role": "user", "attachments": [{"name": "a"}]}),
        one({"id": 4, "role": "user", "sampling": {"temperature": "hot"}}),
        one({"id": 4, "role": "user", "sampling": {"temperature": -1}}),
        one(pinned=1),
        one(when_full="explode"),
    ],
)
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(ExchangeError) as refused:
        from_json(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 150
