from __future__ import annotations

from dataclasses import replace

import pytest

from app.conversations import Conversation
from app.messages import ModelWish
from app.presenters.composer import STATES, ChatState, Writing, composer_frame
from app.presets import CUSTOM, DIRECT
from gpu.sampling import Sampling
from tests.app.fake_engine import facts_for

FACTS = facts_for(ModelWish("demo"))
TALK = Conversation(1)


def writing(**changes) -> Writing:
    return Writing(replace(TALK, **changes))


@pytest.mark.parametrize("state", STATES)
def test_one_can_send_when_ready_and_stop_when_answering(state: ChatState) -> None:
    frame = composer_frame(state, FACTS, writing())
    assert frame.can_send == (state == "ready")
    assert frame.can_stop == (state == "answering")
    assert frame.hint


def test_recommended_sampling_is_on_show_until_the_person_changes_it() -> None:
    assert composer_frame("ready", FACTS, writing(thinking=True)).sampling.temperature == 0.6
    assert composer_frame("ready", FACTS, writing()).sampling.temperature == DIRECT.temperature
    own = composer_frame("ready", FACTS, writing(sampling=Sampling(temperature=0.0), max_new_tokens=9))
    assert (own.sampling.temperature, own.sampling.max_tokens) == (0.0, 9)
    assert own.default_sampling.temperature == DIRECT.temperature


def test_thinking_shows_only_where_the_template_has_a_switch() -> None:
    assert composer_frame("ready", FACTS, writing(thinking=True)).thinking
    dull = composer_frame("ready", facts_for(ModelWish("x"), supports_thinking=False), writing(thinking=True))
    assert not dull.thinking_supported
    assert not dull.thinking


def test_a_checkpoint_without_a_template_says_that_it_continues_text() -> None:
    plain = composer_frame("ready", facts_for(ModelWish("x"), has_chat_template=False), writing())
    assert "continues" in plain.hint


def test_values_of_ones_own_are_named_among_the_presets() -> None:
    automatic = composer_frame("ready", FACTS, writing())
    assert CUSTOM not in [choice.key for choice in automatic.presets]
    assert automatic.preset == automatic.presets[0].key
    own = composer_frame("ready", FACTS, writing(sampling=Sampling(temperature=1.3)))
    assert own.preset == CUSTOM
    assert own.presets[-1].key == CUSTOM


def test_the_settings_of_the_conversation_are_shown() -> None:
    frame = composer_frame(
        "ready", FACTS, Writing(replace(TALK, system_prompt="Be brief.", when_full="forget"), ("Why?",))
    )
    assert (frame.system_prompt, frame.context_policy, frame.history) == ("Be brief.", "forget", ("Why?",))
    assert [choice.key for choice in frame.context_policies] == ["stop", "forget"]
