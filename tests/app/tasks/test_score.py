"""Scores of an answer: progress, resumption, and the figures of both models' logits."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine import GpuEngine
from app.messages import TaskProgress
from app.tasks.score import Scored, ScoreWish, score_answer
from app.token_trace import TokenTrace
from gpu.errors import Cancelled, RequestError
from tests.app.tasks.answers import QUESTION, answered


def score(engine: GpuEngine, letters: list[object], trace: TokenTrace, **wish: object) -> list[Scored]:
    letters.clear()
    asked = ScoreWish(
        **{"key": 7, "question": QUESTION, "answer_ids": trace.token_ids(), "reference": "W16A16", **wish}
    )
    engine.perform(lambda desk, cancel: score_answer(desk, cancel, asked), lambda: False)
    return [letter for letter in letters if isinstance(letter, Scored)]


@pytest.fixture(scope="module")
def trace(engine: GpuEngine, letters: list[object]) -> TokenTrace:
    return answered(engine, letters)


def test_every_token_is_scored_in_order(engine: GpuEngine, letters: list[object], trace: TokenTrace) -> None:
    found = score(engine, letters, trace)
    assert {(each.key, each.scheme, each.reference, each.total) for each in found} == {
        (7, "W4A8", "W16A16", len(trace))
    }
    assert [each.start for each in found] == [0, 32][: len(found)]
    assert sum(len(each.rows) for each in found) == len(trace)
    rows = np.concatenate([each.rows for each in found])
    assert (rows["kl_nats"] >= 0).all()
    assert 0 < rows["kl_nats"].mean() < 0.5
    assert rows["same_top"].mean() > 0.7
    progress = [letter for letter in letters if isinstance(letter, TaskProgress) and letter.task == "score"]
    assert (progress[-1].done, progress[-1].total) == (len(trace), len(trace))


def test_the_schemes_own_probabilities_are_those_it_drew_with(
    engine: GpuEngine, letters: list[object], trace: TokenTrace
) -> None:
    rows = np.concatenate([each.rows for each in score(engine, letters, trace)])
    assert rows["scheme_probability"] == pytest.approx(trace.rows["probability"], rel=5e-3, abs=1e-4)


def test_a_score_goes_on_where_it_was_interrupted(
    engine: GpuEngine, letters: list[object], trace: TokenTrace
) -> None:
    whole = np.concatenate([each.rows for each in score(engine, letters, trace)])
    (later,) = score(engine, letters, trace, start=len(trace) - 5)
    assert later.start == len(trace) - 5
    np.testing.assert_allclose(later.rows["kl_nats"], whole["kl_nats"][-5:], rtol=0.02, atol=1e-4)


def test_the_reference_strays_nowhere_from_itself(
    engine: GpuEngine, letters: list[object], trace: TokenTrace
) -> None:
    from_eight_bits = score(engine, letters, trace, reference="W8A8")[0].rows
    from_itself = score(engine, letters, trace, reference="W4A8")[0].rows
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
