"""Captures and knock-outs on the engine that runs the demo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.engine import GpuEngine
from app.messages import TaskProgress
from app.sources import Sources
from app.tasks.capture import (
    Captured,
    CaptureFailed,
    CaptureWish,
    ColumnsRead,
    TextWish,
    capture_failed,
    capture_text,
    read_columns,
)
from gpu.errors import Cancelled, RequestError
from gpu.probes.captured import Capture
from tests.app.tasks.answers import QUESTION

SITE = "layers.2.mlp.down_proj"


def captured(engine: GpuEngine, letters: list[object], *texts: TextWish, **wish: object) -> Capture:
    letters.clear()
    asked = CaptureWish("test", texts, **wish)
    engine.perform(lambda desk, cancel: capture_text(desk, cancel, asked), lambda: False)
    (found,) = [letter for letter in letters if isinstance(letter, Captured)]
    return found.captures[0][1]


def test_typed_text_and_a_chat_are_captured_with_their_words(
    engine: GpuEngine, letters: list[object]
) -> None:
    found = captured(
        engine,
        letters,
        TextWish("typed", "What is a scale?"),
        TextWish("chat", question=QUESTION),
        keep=frozenset({SITE}),
    )
    assert [prompt.name for prompt in found.prompts] == ["typed", "chat"]
    assert "".join(found.pieces).startswith("What is a scale?")
    assert found.tokens == len(found.pieces)
    assert set(found.values) == set(found.sites)  # so little that all of it is kept
    assert found.attention is not None
    assert found.origin.model == "demo"
    assert found.by_prompt[SITE].shape[0] == 2


def test_thinking_and_what_follows_it_are_two_captures(engine: GpuEngine, letters: list[object]) -> None:
    codec = engine._opened().files.codec
    ids = tuple(codec.encode_rendered("<think>\nOne scale.\n</think>\n\nA block."))
    pieces = tuple(map(codec.token_bytes, ids))
    chat = TextWish("", question=QUESTION, answer_ids=ids, answer_pieces=pieces)
    sources = Sources(lambda: chat, tuple)
    asked = CaptureWish("test", sources.texts("parts", ""), apart=True, keep=frozenset({SITE}))
    engine.perform(lambda desk, cancel: capture_text(desk, cancel, asked), lambda: False)
    (found,) = [letter for letter in letters if isinstance(letter, Captured)]
    (first, thinking), (last, answer) = found.captures
    assert (first, last) == ("Thinking", "Answer")
    assert "".join(thinking.pieces) == "<think>\nOne scale.\n</think>"
    assert "".join(answer.pieces) == "\n\nA block."
    assert answer.prompts[0].before[-thinking.tokens :] == thinking.token_ids
    assert thinking.sites[SITE].tokens == len(thinking.values[SITE]) == thinking.tokens
    with pytest.raises(RequestError, match="no thinking"):
        captured(
            engine, letters, replace(chat, answer_ids=ids[-3:], answer_pieces=pieces[-3:], part="answer")
        )
    with pytest.raises(RequestError, match="Another model"):
        captured(engine, letters, replace(chat, answer_pieces=(*pieces[1:], b"!")))


def test_no_values_are_kept_where_none_are_asked_for(engine: GpuEngine, letters: list[object]) -> None:
    found = captured(engine, letters, TextWish("typed", "What is a scale?"), sinks=False)
    assert not found.values
    assert found.attention is None


def test_an_empty_text_is_refused_in_a_sentence(engine: GpuEngine, letters: list[object]) -> None:
    with pytest.raises(RequestError, match="no text"):
        captured(engine, letters, TextWish("typed", "  \n"))


def test_columns_of_the_weights_that_read_a_site(engine: GpuEngine, letters: list[object]) -> None:
    letters.clear()
    engine.perform(lambda desk, cancel: read_columns(desk, cancel, SITE), lambda: False)
    (found,) = [letter for letter in letters if isinstance(letter, ColumnsRead)]
    assert found.norms.shape == found.absmax.shape == (640,)
    assert (found.absmax <= found.norms + 1e-6).all()
    assert np.isfinite(found.norms).all()


def test_a_cancel_is_no_failure_to_speak_of() -> None:
    assert capture_failed(Cancelled()) == CaptureFailed("")
    assert capture_failed(RequestError("No.")) == CaptureFailed("No.")


def test_progress_is_posted(engine: GpuEngine, letters: list[object]) -> None:
    captured(engine, letters, TextWish("typed", "What is a scale?"))
    assert any(isinstance(letter, TaskProgress) and letter.done == letter.total for letter in letters)
