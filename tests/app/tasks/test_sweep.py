from __future__ import annotations

import pytest

from app.engine import GpuEngine
from app.messages import TaskProgress
from app.tasks.sweep import SweepEnded, SweepWish, Swept, sweep_tensors
from gpu.errors import Cancelled
from gpu.sweep import Rounding

WISH = SweepWish(3, (Rounding.parse("int4@b32"), Rounding.parse("q8_0")))


def test_every_tensor_comes_and_then_the_end(engine: GpuEngine, letters: list[object]) -> None:
    letters.clear()
    engine.perform(lambda desk, cancel: sweep_tensors(desk, cancel, WISH), lambda: False)
    swept = [letter for letter in letters if isinstance(letter, Swept)]
    assert {letter.sweep for letter in swept} == {3}
    assert all(len(letter.tensor.totals) == 2 for letter in swept)
    ended = letters[-1]
    assert isinstance(ended, SweepEnded)
    assert (ended.sweep, ended.problem, ended.cancelled) == (3, "", False)
    progress = [letter for letter in letters if isinstance(letter, TaskProgress)]
    assert progress[-1].done == progress[-1].total


def test_with_a_text_the_error_of_the_output_is_told(engine: GpuEngine, letters: list[object]) -> None:
    letters.clear()
    wish = SweepWish(4, WISH.roundings, "What is quantization? It stores numbers in fewer bits.")
    engine.perform(lambda desk, cancel: sweep_tensors(desk, cancel, wish), lambda: False)
    told = {letter.tensor.name: letter.output for letter in letters if isinstance(letter, Swept)}
    four, eight = told["model.layers.1.mlp.down_proj.weight"]
    assert four > eight > 0
    assert told["model.embed_tokens.weight"] == ()


def test_it_stops_where_it_is(engine: GpuEngine, letters: list[object]) -> None:
    letters.clear()
    stop = iter([False] * 20)
    with pytest.raises(Cancelled):
        engine.perform(lambda desk, cancel: sweep_tensors(desk, cancel, WISH), lambda: next(stop, True))
    assert not any(isinstance(letter, SweepEnded) for letter in letters)
