"""Answers that the device draws are those drawn here, and nothing of passes too many stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gpu.drawing import device_draws
from gpu.events import ChannelStats, Event, Failed, Finished, PromptProgress, Token
from gpu.generate import Request, generate
from gpu.model import Model
from gpu.probes.selection import ProbeSelection
from gpu.sampling import MOST_LIKELIEST, Sampling
from tests.golden.qwen3.checkpoints import SPECS, load_golden

PROMPT = load_golden(SPECS[0]).prompt_ids
GREEDY = Sampling(temperature=0)
WARM = Sampling(temperature=1.5, top_k=12, top_p=0.9, min_p=0.02, seed=4)
CONTEXT = 100


@pytest.fixture(scope="module")
def loaded(golden_model: Callable[..., Model]) -> Model:
    return golden_model(SPECS[0].name, CONTEXT)


@pytest.fixture
def model(loaded: Model, monkeypatch: pytest.MonkeyPatch) -> Model:
    """One whose device is always far ahead."""
    monkeypatch.setattr("gpu.drawing._STRETCH_S", 1e6)
    loaded.rewind(0)
    return loaded


def answer(model: Model, sampling: Sampling, new: int | None = 40, **fields: object) -> list[Event]:
    return list(generate(model, Request(1, PROMPT, sampling, max_new_tokens=new, **fields)))


def tokens(events: list[Event]) -> list[Token]:
    return [event for event in events if isinstance(event, Token)]


@pytest.mark.parametrize(
    "sampling",
    [GREEDY, WARM, Sampling(temperature=3, top_k=MOST_LIKELIEST, top_p=1, seed=8), Sampling(top_k=1)],
)
def test_the_device_draws_what_would_be_drawn_here(
    model: Model, monkeypatch: pytest.MonkeyPatch, sampling: Sampling
) -> None:
    assert device_draws(sampling)
    found = tokens(answer(model, sampling))
    cached = list(model.cached_ids)
    monkeypatch.setattr("gpu.generate.device_draws", lambda _: False)
    model.rewind(0)
    expected = tokens(answer(model, sampling))
    assert cached == model.cached_ids
    for a, b in zip(found, expected, strict=True):
        assert (a.token_id, a.context_used) == (b.token_id, b.context_used)
        assert a.detail is not None
        assert b.detail is not None
        assert a.detail.top_ids == b.detail.top_ids
        assert a.detail.top_probabilities == pytest.approx(b.detail.top_probabilities, rel=1e-3)
        assert a.detail.probability == pytest.approx(b.detail.probability, rel=1e-3)
        assert a.detail.entropy_nats == pytest.approx(b.detail.entropy_nats, rel=1e-3)
        assert a.detail.chance == pytest.approx(b.detail.chance, rel=1e-3)


@pytest.mark.parametrize("end", [0, 5, 11, 12])
def test_a_stop_amid_tokens_ahead_leaves_no_trace(model: Model, end: int) -> None:
    """The cache holds the answer without its end, and the next turn goes on as if nothing had been ahead."""
    ids = [token.token_id for token in tokens(answer(model, WARM))]
    stop, before = ids[end], ids[: ids.index(ids[end])]
    model.rewind(0)
    events = answer(model, WARM, None, stop_ids=frozenset({stop}))
    assert [token.token_id for token in tokens(events)] == before
    assert events[-1] == Finished(1, "stop")
    assert model.cached_ids == [*PROMPT, *before]
    turn = Request(2, (*PROMPT, *before, 7, 8), GREEDY, max_new_tokens=10)
    found = list(generate(model, turn))
    assert found[0] == PromptProgress(
        2, len(PROMPT) + len(before), len(turn.prompt_ids), len(model.cached_ids) - 11
    )
    model.rewind(0)
    assert [t.token_id for t in tokens(list(generate(model, turn)))] == [t.token_id for t in tokens(found)]


def test_the_context_ends_an_answer_that_runs_ahead(model: Model) -> None:
    events = answer(model, GREEDY, None)
    assert events[-1] == Finished(1, "context")
    assert tokens(events)[-1].context_used == CONTEXT


def test_the_device_runs_on_after_no_end_and_for_no_token_too_many(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens ahead double from read to read: 1, 2, 4, … as long as some are left."""
    run, places = model.run_chosen, list[int]()

    def counted(position: int, *args: Any, **kwargs: Any) -> None:
        places.append(position - len(PROMPT))
        run(position, *args, **kwargs)

    monkeypatch.setattr(model, "run_chosen", counted)
    ids = [token.token_id for token in tokens(answer(model, GREEDY, 10))]
    assert places == list(range(9))
    places.clear()
    model.rewind(0)
    answer(model, GREEDY, stop_ids=frozenset({ids[0]}))
    assert places == []


@pytest.mark.parametrize("after", [1, 6])
def test_a_cancel_ends_at_the_token_at_hand(model: Model, after: int) -> None:
    found: list[int] = []
    for event in generate(model, Request(1, PROMPT, WARM), lambda: len(found) == after):
        found.extend(token.token_id for token in tokens([event]))
    assert event == Finished(1, "cancelled")
    assert model.cached_ids == [*PROMPT, *found[:-1]]
    model.rewind(0)
    assert found == [token.token_id for token in tokens(answer(model, WARM, after))]


def test_probes_count_no_token_that_is_not_in_the_answer(model: Model) -> None:
    events = answer(model, GREEDY, 7, probe=ProbeSelection(("lm_head",)))
    counted = [event.tokens for event in events if isinstance(event, ChannelStats)]
    assert counted[-1] == len(PROMPT) + 6 == len(model.cached_ids)


def test_probes_hold_nothing_of_what_would_have_followed_a_stop(model: Model) -> None:
    ids = [token.token_id for token in tokens(answer(model, GREEDY, 12))]
    stop, before = ids[5], ids.index(ids[5])
    found = []
    for most, ends in ((None, frozenset({stop})), (before + 1, frozenset[int]())):
        model.rewind(0)
        events = answer(model, GREEDY, most, stop_ids=ends, probe=ProbeSelection(("lm_head",)))
        found.append([event for event in events if isinstance(event, ChannelStats)][-1])
    stopped, cut = found
    assert stopped.tokens == cut.tokens == len(PROMPT) + before
    np.testing.assert_array_equal(stopped.absmax, cut.absmax)


@pytest.mark.parametrize("sampling", [GREEDY, Sampling(presence_penalty=1)])
def test_output_that_is_no_number_fails_in_the_same_words(model: Model, sampling: Sampling) -> None:
    """A broken norm makes it so."""
    gain = model._decoder.weights.final_norm
    held = bytes(model.gpu.read(gain, gain.size))
    model.gpu.write(gain, b"\xff" * gain.size)
    try:
        fails_as_no_number(answer(model, sampling))
    finally:
        model.gpu.write(gain, held)


def fails_as_no_number(events: list[object]) -> None:
    assert isinstance(events[-1], Failed)
    assert events[-1].message.startswith("The model's output is not a number")


def test_activations_that_are_no_number_stay_so_when_they_are_quantized(
    golden_model: Callable[..., Model],
) -> None:
    model = golden_model(SPECS[0].name, CONTEXT, "W4A8")
    gain = model._decoder.weights.layers[0].post_attention_norm
    model.gpu.write(gain, b"\xff" * gain.size)
    fails_as_no_number(answer(model, GREEDY))


@pytest.mark.parametrize(
    "sampling",
    [Sampling(top_k=0), Sampling(top_k=65), Sampling(presence_penalty=1), Sampling(repetition_penalty=1.1)],
)
def test_what_the_device_cannot_draw(sampling: Sampling) -> None:
    assert not device_draws(sampling)
