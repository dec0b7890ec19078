"""Scores of an answer, whole and in parts."""

from __future__ import annotations

import numpy as np
import pytest

import app.tasks.score as module
from app.engine import GpuEngine
from app.tasks.score import AT_ONCE, Scored, ScoreWish, score_answer
from app.token_trace import TokenTrace
from gpu.errors import Cancelled, RequestError
from tests.app.tasks.answers import QUESTION, answered


def score(engine: GpuEngine, letters: list[object], trace: TokenTrace, **wish: object) -> Scored:
    letters.clear()
    asked = {"key": 7, "question": QUESTION, "answer_ids": trace.token_ids(), "reference": "W16A16", **wish}
    engine.perform(lambda desk, cancel: score_answer(desk, cancel, ScoreWish(**asked)), lambda: False)
    (found,) = [letter for letter in letters if isinstance(letter, Scored)]
    return found


@pytest.fixture(scope="module")
def trace(engine: GpuEngine, letters: list[object]) -> TokenTrace:
    return answered(engine, letters)


def test_every_token_is_scored(engine: GpuEngine, letters: list[object], trace: TokenTrace) -> None:
    found = score(engine, letters, trace)
    assert (found.key, found.scheme, found.reference, found.start) == (7, "W4A8", "W16A16", 0)
    assert len(found.rows) == len(trace) < AT_ONCE
    assert (found.rows["kl_nats"] >= 0).all()
    assert 0 < found.rows["kl_nats"].mean() < 0.5
    assert found.rows["same_top"].mean() > 0.7


def test_the_schemes_own_probabilities_are_those_it_drew_with(
    engine: GpuEngine, letters: list[object], trace: TokenTrace
) -> None:
    rows = score(engine, letters, trace).rows
    assert rows["scheme_probability"] == pytest.approx(trace.rows["probability"], rel=5e-3, abs=1e-4)


def test_a_long_answer_is_scored_in_parts(
    engine: GpuEngine, letters: list[object], trace: TokenTrace, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = score(engine, letters, trace).rows
    monkeypatch.setattr(module, "AT_ONCE", 8)
    parts = [score(engine, letters, trace, start=start) for start in range(0, len(trace), 8)]
    assert [part.start for part in parts] == list(range(0, len(trace), 8))
    joined = np.concatenate([part.rows for part in parts])
    np.testing.assert_allclose(joined["kl_nats"], whole["kl_nats"], rtol=0.02, atol=1e-4)


def test_where_one_scale_serves_a_pass_the_answer_is_scored_as_it_was_written(
    engine: GpuEngine, letters: list[object], trace: TokenTrace
) -> None:
    found = score(engine, letters, trace, start=5, reference="W8A8@tensor")
    assert (found.start, len(found.rows)) == (0, len(trace))


def test_the_reference_strays_nowhere_from_itself(
    engine: GpuEngine, letters: list[object], trace: TokenTrace
) -> None:
    from_eight_bits = score(engine, letters, trace, reference="W8A8").rows
    from_itself = score(engine, letters, trace, reference="W4A8").rows
    assert from_itself["same_top"].all()
    assert from_itself["kl_nats"].max() < 1e-5 < from_eight_bits["kl_nats"].max()


def test_an_answer_goes_on_as_if_nothing_had_been_scored(
    engine: GpuEngine, letters: list[object], trace: TokenTrace
) -> None:
    score(engine, letters, trace)
    assert answered(engine, letters).token_ids() == trace.token_ids()


def test_a_cancel_is_heard(engine: GpuEngine, trace: TokenTrace) -> None:
    wish = ScoreWish(7, QUESTION, trace.token_ids(), "W16A16")
    with pytest.raises(Cancelled):
        engine.perform(lambda desk, cancel: score_answer(desk, cancel, wish), lambda: True)


def test_without_a_model_there_is_nothing_to_score(letters: list[object], trace: TokenTrace) -> None:
    wish = ScoreWish(7, QUESTION, trace.token_ids(), "W16A16")
    with pytest.raises(RequestError, match="No model"):
        GpuEngine(letters.append).perform(
            lambda desk, cancel: score_answer(desk, cancel, wish), lambda: False
        )
