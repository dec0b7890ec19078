"""Prediction beside the ledger of a model that is open."""

from __future__ import annotations

import pytest

from app.engine import GpuEngine
from app.tasks.truth import measure_truth
from app.truth import LoadTruth
from gpu.errors import Cancelled


def test_the_prediction_is_exact_term_by_term(engine: GpuEngine, letters: list[object]) -> None:
    engine.perform(measure_truth, lambda: False)
    (truth,) = [letter for letter in letters if isinstance(letter, LoadTruth)]
    assert truth.predicted == truth.allocated
    assert truth.pair.error_bytes == 0
    assert truth.pair.allocated_bytes == sum(size for _, size in truth.allocated) > 2**20
    assert (truth.pair.model, truth.pair.scheme, truth.pair.context_tokens) == ("demo", "W4A8", 160)
    assert truth.pair.source


def test_something_more_urgent_comes_first(engine: GpuEngine) -> None:
    with pytest.raises(Cancelled):
        engine.perform(measure_truth, lambda: True)
