from __future__ import annotations

from app.messages import MemoryUse, ModelWish
from app.presenters.status import Progress, forgotten_note, status_frame
from gpu.events import PromptProgress, Timing
from tests.app.fake_engine import ADAPTER, facts_for

FACTS = facts_for(ModelWish("demo"))


def test_before_anything_was_measured_no_figure_is_shown() -> None:
    frame = status_frame(FACTS, "Ready", Progress())
    assert frame.prefill_tokens_per_s is None
    assert frame.decode_tokens_per_s is None
    assert frame.first_token_ms is None
    assert frame.context_total_tokens == 64


def test_the_figures_of_a_run() -> None:
    timing = Timing(1, 2, 3, 9, 120.0, 0.0, 14, 64)
    progress = Progress(PromptProgress(1, 3, 5, 2), timing, 83.0, 14)
    frame = status_frame(FACTS, "Answering…", progress)
    assert (frame.prompt_done_tokens, frame.prompt_total_tokens) == (3, 5)
    assert frame.prefill_tokens_per_s == 120.0
    assert frame.decode_tokens_per_s is None
    assert (frame.first_token_ms, frame.context_used_tokens) == (83.0, 14)
    assert (frame.model_name, frame.scheme) == ("Demo", "W4A8")


def test_what_the_model_holds_and_the_device_has() -> None:
    use = MemoryUse((("weights", 3), ("kv_cache", 4)), ADAPTER)
    frame = status_frame(FACTS, "Ready", Progress(), use)
    assert (frame.memory_bytes, frame.memory_total_bytes) == (7, ADAPTER.total_bytes)


def test_without_a_model_only_the_state_is_shown() -> None:
    frame = status_frame(None, "No model is open", Progress(context_used=9))
    assert frame.state == "No model is open"
    assert frame.context_total_tokens == 0


def test_what_is_left_to_read_and_what_was_forgotten_are_said() -> None:
    frame = status_frame(FACTS, "Answering…", Progress(prompt_left_s=12.5, forgotten_turns=6))
    assert (frame.prompt_left_s, frame.context_note) == (12.5, "the oldest 6 turns forgotten")
    assert forgotten_note(0) == ""
    assert forgotten_note(1) == "1 turn forgotten"
