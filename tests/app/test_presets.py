from __future__ import annotations

from dataclasses import replace

import pytest

from app.messages import ModelWish
from app.presets import AUTOMATIC, CUSTOM, DIRECT, preset_of, presets_for, recommended
from gpu.sampling import Sampling
from tests.app.fake_engine import facts_for

THINKS = facts_for(ModelWish("demo"), sampling=Sampling(temperature=0.6, top_p=0.95))
PLAIN = facts_for(ModelWish("plain"), supports_thinking=False)


def test_a_model_that_thinks_has_both_ways_to_choose_from() -> None:
    assert [one.key for one in presets_for(THINKS)] == [AUTOMATIC, "thinking", "direct", "greedy"]
    assert [one.key for one in presets_for(PLAIN)] == [AUTOMATIC, "greedy"]
    assert [one.key for one in presets_for(None)] == [AUTOMATIC, "greedy"]


def test_the_checkpoints_values_are_for_thinking_where_it_can_be_switched_off() -> None:
    assert recommended(THINKS, thinking=True) == THINKS.sampling
    assert recommended(THINKS, thinking=False) == DIRECT
    assert recommended(PLAIN, thinking=False) == PLAIN.sampling
    assert recommended(None, thinking=True) == Sampling()


@pytest.mark.parametrize("facts", [THINKS, PLAIN, None])
def test_every_preset_is_known_by_its_values_whatever_the_seed(facts) -> None:
    for one in presets_for(facts):
        sampling = one.sampling and replace(one.sampling, seed=7)
        assert preset_of(facts, sampling) == one.key
    assert preset_of(facts, Sampling(temperature=1.7)) == CUSTOM
