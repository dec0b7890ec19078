from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attachments import Attachment
from app.conversations import Conversation
from app.conversations.exchange_markdown import from_markdown, to_markdown
from app.conversations.records import ExchangeError
from tests.app.conversations.samples import TALK, message

PATH = (
    message(1, None, "Why?\n\n## You\n\nsaid that", attachments=(Attachment("a.txt", "x = 1\n"),)),
    message(2, 1, "# Because\n\nso.\n", reasoning="Hm.\n", model="demo", scheme="W4A8"),
    message(3, 2, ""),
    message(4, 3, "\n\n"),
)


def test_people_can_read_it() -> None:
    text = to_markdown(TALK, PATH)
    assert text.startswith("# Outliers\n")
    for part in (
        "## System prompt",
        "Be brief.",
        "## You",
        "## Answer (demo · W4A8)",
        "### Thoughts",
        "x = 1",
    ):
        assert part in text


def test_it_comes_back_as_it_was() -> None:
    talk, messages = from_markdown(to_markdown(TALK, PATH))
    assert (talk.title, talk.system_prompt, talk.leaf) == ("Outliers", "Be brief.", 4)
    kept = [(m.role, m.text, m.reasoning, m.model, m.scheme, m.attachments) for m in messages]
    assert kept == [(m.role, m.text, m.reasoning, m.model, m.scheme, m.attachments) for m in PATH]
    assert [m.parent for m in messages] == [None, 1, 2, 3]


@given(st.lists(st.text(), max_size=5), st.text())
def test_any_texts_come_back(texts: list[str], prompt: str) -> None:
    path = [message(key, key - 1 or None, text, reasoning="") for key, text in enumerate(texts, 1)]
    talk, messages = from_markdown(to_markdown(Conversation(1, system_prompt=prompt), path))
    assert [m.text for m in messages] == texts
    assert talk.system_prompt == prompt


def test_an_export_inside_an_export_is_only_text() -> None:
    inner = to_markdown(TALK, PATH)
    _, (only,) = from_markdown(to_markdown(TALK, [message(1, None, inner)]))
    assert only.text == inner


@pytest.mark.parametrize("text", ["", "# A diary\n\nDear diary", to_markdown(TALK, PATH)[:-60]])
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(ExchangeError):
        from_markdown(text)
