"""What a run says about its tokens, and answers that go on after what is written."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gpu.events import Token
from gpu.generate import Request, generate
from gpu.model import Model
from gpu.sampling import Sampling
from tests.golden.qwen3.checkpoints import SPECS, load_golden

GOLDEN = load_golden(SPECS[0])
PROMPT, ANSWER = GOLDEN.prompt_ids, GOLDEN.greedy_ids
GREEDY = Sampling(temperature=0)


@pytest.fixture(scope="module")
def model(golden_model: Callable[..., Model]) -> Model:
    return golden_model(SPECS[0].name, 100)


def tokens(model: Model, **request: object) -> list[Token]:
    model.rewind(0)
    asked = Request(1, PROMPT, **{"sampling": GREEDY, "max_new_tokens": 6, **request})
    return [event for event in generate(model, asked) if isinstance(event, Token)]


def test_every_token_says_how_the_model_saw_it(model: Model) -> None:
    found = tokens(model, max_new_tokens=4)
    model.rewind(0)
    rows = np.concatenate(list(model.all_logits((*PROMPT, *ANSWER[:3]))))[-4:]
    for token, logits in zip(found, rows, strict=True):
        assert token.detail is not None
        assert token.detail.token_id == token.token_id == token.detail.top_ids[0]
        shares = np.exp(logits.astype(np.float64) - logits.max())
        assert token.detail.probability == pytest.approx(shares.max() / shares.sum(), rel=1e-3)
        assert token.detail.chance == 1


@pytest.mark.parametrize("written", [1, 5])
def test_an_answer_goes_on_after_what_is_written(model: Model, written: int) -> None:
    found = tokens(model, answer_ids=ANSWER[:written])
    assert [token.token_id for token in found] == list(ANSWER[written : written + 6])
    assert found[0].context_used == len(PROMPT) + written + 1


def test_what_is_written_counts_for_the_penalty_of_presence(model: Model) -> None:
    sampling = Sampling(temperature=0, presence_penalty=100)
    found = tokens(model, answer_ids=ANSWER[:5], sampling=sampling, max_new_tokens=1)
    assert found[0].token_id not in ANSWER[:5]
    assert tokens(model, sampling=sampling, max_new_tokens=1)[0].token_id == ANSWER[0]
