from __future__ import annotations

from app.messages import ModelWish
from app.prompts import MOST, sample_prompts
from tests.app.fake_engine import facts_for


def test_the_demo_is_asked_what_it_can_answer() -> None:
    prompts = sample_prompts(facts_for(ModelWish("demo")))
    assert "Why do 4-bit activations break a model?" in prompts
    assert len(prompts) == MOST


def test_another_model_is_asked_something_general() -> None:
    prompts = sample_prompts(facts_for(ModelWish("/models/Qwen3-4B")))
    assert prompts
    assert not set(prompts) & set(sample_prompts(facts_for(ModelWish("demo"))))


def test_a_model_that_only_continues_text_is_asked_nothing() -> None:
    assert sample_prompts(facts_for(ModelWish("demo"), has_chat_template=False)) == ()
