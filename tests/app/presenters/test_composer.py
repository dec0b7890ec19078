from __future__ import annotations

import pytest

from app.messages import ModelWish
from app.presenters.composer import STATES, ChatState, composer_frame
from gpu.sampling import Sampling
from tests.app.fake_engine import facts_for

FACTS = facts_for(ModelWish("demo"))


@pytest.mark.parametrize("state", STATES)
def test_one_can_send_when_ready_and_stop_when_answering(state: ChatState) -> None:
    frame = composer_frame(state, FACTS, None)
    assert frame.can_send == (state == "ready")
    assert frame.can_stop == (state == "answering")
    assert frame.hint


def test_the_models_own_sampling_is_on_show_until_the_person_changes_it() -> None:
    assert composer_frame("ready", FACTS, None).sampling.temperature == FACTS.sampling.temperature
    own = composer_frame("ready", FACTS, Sampling(temperature=0.0), max_tokens=9)
    assert own.sampling.temperature == 0.0
    assert own.sampling.max_tokens == 9
    assert own.default_sampling.temperature == FACTS.sampling.temperature


def test_thinking_shows_only_where_the_template_has_a_switch() -> None:
    assert composer_frame("ready", FACTS, None, thinking=True).thinking
    dull = composer_frame("ready", facts_for(ModelWish("x"), supports_thinking=False), None, thinking=True)
    assert not dull.thinking_supported
    assert not dull.thinking


def test_a_checkpoint_without_a_template_says_that_it_continues_text() -> None:
    plain = composer_frame("ready", facts_for(ModelWish("x"), has_chat_template=False), None)
    assert "continues" in plain.hint
