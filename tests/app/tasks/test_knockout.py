from __future__ import annotations

import pytest

from app.engine import GpuEngine
from app.messages import TaskProgress
from app.tasks.knockout import KnockedOut, KnockoutWish, run_knockout
from gpu.errors import RequestError

TARGETS = {"layers.2.mlp.gate_up_proj": (41, 170), "layers.2.mlp.down_proj": (300,)}


def test_channels_are_taken_out_of_the_open_model(engine: GpuEngine, letters: list[object]) -> None:
    letters.clear()
    wish = KnockoutWish(tuple(range(5, 45)), TARGETS, seeds=1)
    engine.perform(lambda desk, cancel: run_knockout(desk, cancel, wish), lambda: False)
    (found,) = [letter for letter in letters if isinstance(letter, KnockedOut)]
    assert (found.result.channels, found.result.tokens, len(found.result.random)) == (3, 40, 1)
    assert found.result.kept is not None
    progress = [letter for letter in letters if isinstance(letter, TaskProgress)]
    assert progress[-1].done == progress[-1].total


def test_a_text_too_short_is_refused(engine: GpuEngine) -> None:
    wish = KnockoutWish((5,), TARGETS, seeds=1)
    with pytest.raises(RequestError, match="two tokens"):
        engine.perform(lambda desk, cancel: run_knockout(desk, cancel, wish), lambda: False)
