from __future__ import annotations

from app.text import ChatTemplateError, TextError
from gpu.errors import QuantscopeError


def test_text_errors_can_be_shown_to_a_person() -> None:
    error = ChatTemplateError("a/model", "failed:\n\n  too   much")
    assert isinstance(error, TextError)
    assert isinstance(error, QuantscopeError)
    assert str(error) == "The chat template of a/model failed: too much."


def test_a_sentence_of_the_template_keeps_its_own_end() -> None:
    assert str(ChatTemplateError("a/model", "refuses this conversation: No jokes!")).endswith(": No jokes!")
