from __future__ import annotations

from pathlib import Path

import pytest

from app.messages import Question, Turn
from app.sources import Sources
from app.tasks.capture import TextWish
from gpu.errors import QuantscopeError

CHAT = TextWish("Chat", question=Question((Turn("user", "Hi"),)))


def test_every_source_gives_its_texts(tmp_path: Path) -> None:
    sources = Sources(lambda: CHAT, lambda: ("One?", "Two?"))
    assert [wish.question.turns[0].text for wish in sources.texts("prompts", "")] == ["One?", "Two?"]
    assert sources.texts("chat", "") == (CHAT,)
    assert sources.texts("typed", "abc")[0].text == "abc"
    sources.file = tmp_path / "notes.txt"
    sources.file.write_text("Some text", encoding="utf-8")
    assert sources.texts("file", "")[0].text == "Some text"
    assert sources.name("file") == "notes"
    assert {choice.key for choice in sources.choices()} == {"prompts", "chat", "parts", "file", "typed"}
    assert [wish.part for wish in sources.texts("parts", "")] == ["thinking", "answer"]


def test_what_is_not_there_is_said() -> None:
    sources = Sources(lambda: None, lambda: ())
    for source in ("chat", "parts", "file"):
        with pytest.raises(QuantscopeError):
            sources.texts(source, "")
