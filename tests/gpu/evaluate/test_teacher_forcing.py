"""The distributions of an answer, computed again: the ones that generation drew from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gpu.errors import Cancelled, RequestError
from gpu.evaluate.divergence import compare
from gpu.evaluate.teacher_forcing import answer_logits
from gpu.events import Token
from gpu.generate import Request, generate
from gpu.model import Model
from gpu.sampling import Sampling
from tests.golden.qwen3.checkpoints import SPECS, load_golden

PROMPT = load_golden(SPECS[0]).prompt_ids
SAMPLING = Sampling(temperature=2, top_k=0, top_p=1, seed=4)
NEW = 20


@pytest.fixture(scope="module", params=["W16A16", "W4A8", "W4A4@tensor"])
def model(request: pytest.FixtureRequest, golden_model: Callable[..., Model]) -> Model:
    return golden_model(SPECS[0].name, 100, request.param)


def drawn(model: Model) -> tuple[list[int], list[float]]:
    """An answer's tokens, and their probabilities as they were drawn."""
    model.rewind(0)
    asked = Request(1, PROMPT, SAMPLING, max_new_tokens=NEW)
    details = [event.detail for event in generate(model, asked) if isinstance(event, Token)]
    return [d.token_id for d in details if d], [d.probability for d in details if d]


def forced(model: Model, answer: list[int]) -> np.ndarray:
    return np.stack(list(answer_logits(model, PROMPT, answer)))


def test_it_is_what_the_tokens_were_drawn_from(model: Model) -> None:
    answer, probabilities = drawn(model)
    rows = forced(model, answer)
    assert len(rows) == NEW
    shares = np.exp(rows.astype(np.float64) - rows.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    assert shares[np.arange(NEW), answer] == pytest.approx(probabilities, rel=2e-3)


def test_a_cache_that_holds_something_else_does_not_matter(model: Model) -> None:
    answer, _ = drawn(model)
    expected = forced(model, answer)
    for cached in ([], PROMPT[:3], (*PROMPT[:2], 5, 6, 7), (*PROMPT, 1, 2)):
        model.rewind(0)
        for _ in model.feed(cached):
            pass
        found = forced(model, answer)
        assert max(compare(a, b, 0).kl_nats for a, b in zip(expected, found, strict=True)) < 1e-5


def test_afterwards_the_cache_holds_all_but_the_last_token(model: Model) -> None:
    answer, _ = drawn(model)
    forced(model, answer)
    assert model.cached_ids == [*PROMPT, *answer[:-1]]


def test_a_cancel_leaves_a_cache_that_can_be_used(model: Model) -> None:
    answer, _ = drawn(model)
    expected = forced(model, answer)
    model.rewind(0)
    with pytest.raises(Cancelled):
        list(answer_logits(model, PROMPT, answer, lambda: bool(model.cached_ids)))
    assert model.cached_ids == list(PROMPT[: len(model.cached_ids)])
    assert max(compare(a, b, 0).kl_nats for a, b in zip(expected, forced(model, answer), strict=True)) < 1e-5


def test_an_answer_too_long_for_the_context_is_refused(model: Model) -> None:
    with pytest.raises(RequestError, match="context"):
        list(answer_logits(model, PROMPT, [1] * 200))
