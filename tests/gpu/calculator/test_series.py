from __future__ import annotations

import numpy as np

from gpu.calculator.estimate import estimate
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.series import over_batch, over_context
from gpu.calculator.subject import Subject
from gpu.scheme import Scheme
from tests.gpu.released import subject_of

NUMBERS = Subject.of_numbers(8 * 10**9, layers=32, kv_heads=8, head_dim=128)
WISH = CalculatorInputs(NUMBERS, Scheme.parse("W4-g128A8"), 8192)


def test_the_worked_example_crosses_between_batches_of_3_and_4() -> None:
    """4.125 GB of weights against caches of 1 GiB."""
    found = over_batch(WISH, most=8)
    assert found.crossing == 4
    assert found.x.tolist() == list(range(1, 9))
    assert (found.kv_cache_bytes > found.weights_bytes).tolist() == [n >= 4 for n in range(1, 9)]
    assert found.kv_cache_bytes[-1] == 8 * 2**30


def test_a_crossing_beyond_the_chart_is_none() -> None:
    assert over_batch(WISH, most=3).crossing is None


def test_the_crossing_is_the_first_context_whose_cache_is_larger() -> None:
    found = over_context(WISH, most=65_536)
    assert found.crossing is not None
    for tokens, larger in ((found.crossing - 1, False), (found.crossing, True)):
        there = estimate(CalculatorInputs(NUMBERS, WISH.scheme, tokens))
        assert (there.kv_cache_bytes > there.weights_bytes + there.scales_bytes) == larger


def test_points_are_those_of_the_estimate() -> None:
    wish = CalculatorInputs(subject_of("qwen3-0.6b"), Scheme.parse("W4A8"), batch=2)
    found = over_context(wish, points=10)
    assert found.x[-1] == 40_960
    assert (np.diff(found.total_bytes) > 0).all()
    assert len(set(found.weights_bytes)) == 1
    there = estimate(CalculatorInputs(wish.subject, wish.scheme, int(found.x[4]), batch=2))
    assert (found.total_bytes[4], found.kv_cache_bytes[4]) == (there.total_bytes, there.kv_cache_bytes)
