"""The generation loop on a real model: the golden greedy tokens say what must come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gpu.events import ChannelStats, Event, Failed, Finished, PromptProgress, Timing, Token
from gpu.generate import Request, check_prompt, generate
from gpu.model import Model
from gpu.probes.selection import ProbeSelection
from gpu.qwen3.allocation import CHUNK_TOKENS
from gpu.sampling import Sampling
from tests.golden.qwen3.checkpoints import SPECS, load_golden
from tests.gpu.sentences import is_one_sentence

GOLDEN = load_golden(SPECS[0])
PROMPT, ANSWER = GOLDEN.prompt_ids, GOLDEN.greedy_ids
VOCABULARY = SPECS[0].vocab_size
CONTEXT = 400
RUN = 7
GREEDY = Sampling(temperature=0)
LONG_PROMPT = tuple(np.random.default_rng(1).integers(0, VOCABULARY, 2 * CHUNK_TOKENS + 40).tolist())


@pytest.fixture(scope="module")
def loaded(golden_model: Callable[..., Model]) -> Model:
    return golden_model(SPECS[0].name, CONTEXT)


@pytest.fixture
def model(loaded: Model) -> Model:
    loaded.rewind(0)
    return loaded


def greedy(prompt: tuple[int, ...] = PROMPT, new: int | None = 8, **changes: object) -> Request:
    return replace(Request(RUN, prompt, GREEDY, max_new_tokens=new), **changes)


def tokens_of(events: list[Event]) -> list[int]:
    return [event.token_id for event in events if isinstance(event, Token)]


def run(model: Model, request: Request, cancel: Callable[[], bool] = lambda: False) -> list[Event]:
    events = list(generate(model, request, cancel))
    assert all(event.run_id == request.run_id for event in events)
    assert isinstance(events[-1], Finished | Failed)
    assert not any(isinstance(event, Finished | Failed) for event in events[:-1])
    return events


def finish_of(events: list[Event]) -> str:
    assert isinstance(events[-1], Finished)
    return events[-1].reason


def calls_until_true(count: int) -> Callable[[], bool]:
    """A cancel that says no `count` times."""
    left = iter(range(count))
    return lambda: next(left, None) is None


def test_greedy_runs_repeat_exactly(model: Model) -> None:
    for _ in range(2):
        model.rewind(0)
        events = run(model, greedy(new=20))
        assert tokens_of(events) == list(ANSWER[:20])
        assert finish_of(events) == "length"


def test_seeded_runs_repeat_exactly_and_other_seeds_differ(model: Model) -> None:
    def answer(seed: int) -> list[int]:
        model.rewind(0)
        return tokens_of(run(model, greedy(new=20, sampling=Sampling(temperature=2, top_k=0, seed=seed))))

    first, again, other = answer(5), answer(5), answer(6)
    assert first == again
    assert first != other


def test_unseeded_runs_differ(model: Model) -> None:
    sampling = Sampling(temperature=50, top_k=0, top_p=1)
    runs = {tuple(tokens_of(run(model, greedy(new=10, sampling=sampling)))) for _ in range(3)}
    assert len(runs) == 3


def test_a_stop_token_ends_the_answer_and_is_not_part_of_it(model: Model) -> None:
    stop = ANSWER[5]
    events = run(model, greedy(new=None, stop_ids=frozenset({stop})))
    assert tokens_of(events) == list(ANSWER[: ANSWER.index(stop)])
    assert finish_of(events) == "stop"


@pytest.mark.parametrize("new", [1, 2, 7])
def test_length_asked_for(model: Model, new: int) -> None:
    events = run(model, greedy(new=new))
    assert tokens_of(events) == list(ANSWER[:new])
    assert finish_of(events) == "length"


@pytest.mark.parametrize("new", [0, -3])
def test_a_length_of_nothing_is_refused(model: Model, new: int) -> None:
    (event,) = run(model, greedy(new=new))
    assert isinstance(event, Failed)
    assert is_one_sentence(event.message)
    assert str(new) in event.message


def test_the_end_of_the_context_ends_the_answer(model: Model) -> None:
    prompt = LONG_PROMPT + LONG_PROMPT[: CONTEXT - len(LONG_PROMPT) - 3]
    events = run(model, greedy(prompt, new=None))
    assert len(tokens_of(events)) == 3
    assert finish_of(events) == "context"
    assert [event.context_used for event in events if isinstance(event, Token)] == [
        CONTEXT - 2,
        CONTEXT - 1,
        CONTEXT,
    ]


def test_a_prompt_that_leaves_room_for_one_token(model: Model) -> None:
    prompt = (LONG_PROMPT * 2)[: CONTEXT - 1]
    events = run(model, greedy(prompt, new=None))
    assert len(tokens_of(events)) == 1
    assert finish_of(events) == "context"


@pytest.mark.parametrize(
    ("prompt", "mention"),
    [
        ((), "empty"),
        ((1,) * CONTEXT, f"{CONTEXT}"),
        ((1,) * (CONTEXT + 50), f"{CONTEXT + 50}"),
        ((1, 2, VOCABULARY), f"{VOCABULARY}"),
        ((1, -1), "-1"),
    ],
)
def test_prompts_that_cannot_be_answered(model: Model, prompt: tuple[int, ...], mention: str) -> None:
    (event,) = run(model, greedy(prompt))
    assert isinstance(event, Failed)
    assert is_one_sentence(event.message)
    assert mention in event.message
    assert tokens_of(run(model, greedy())) == list(ANSWER[:8])


def test_prompt_progress_grows_to_the_whole_prompt(model: Model) -> None:
    events = run(model, greedy(LONG_PROMPT, new=1))
    progress = [event for event in events if isinstance(event, PromptProgress)]
    assert [event.done_tokens for event in progress] == [0, CHUNK_TOKENS, 2 * CHUNK_TOKENS, len(LONG_PROMPT)]
    assert {(event.total_tokens, event.reused_tokens) for event in progress} == {(len(LONG_PROMPT), 0)}


def test_second_turn_computes_only_what_is_new(model: Model) -> None:
    """The first answer's last token was drawn but never computed, so it is new as well."""
    run(model, greedy(new=8))
    second = PROMPT + ANSWER[:20]
    events = run(model, greedy(second, new=10))
    assert tokens_of(events) == list(ANSWER[20:30])
    first_progress, last_timing = events[0], events[-2]
    assert first_progress == PromptProgress(RUN, len(PROMPT) + 7, len(second), len(PROMPT) + 7)
    assert isinstance(last_timing, Timing)
    assert (last_timing.reused_tokens, last_timing.prompt_tokens) == (len(PROMPT) + 7, 13)


def test_a_prompt_that_departs_from_the_cache_reuses_what_is_shared(model: Model) -> None:
    other = (*PROMPT[:25], *LONG_PROMPT[:9])
    run(model, greedy(other, new=3))
    events = run(model, greedy(new=12))
    assert events[0] == PromptProgress(RUN, 25, len(PROMPT), 25)
    assert tokens_of(events) == list(ANSWER[:12])


def test_the_same_prompt_again_computes_its_last_token_only(model: Model) -> None:
    run(model, greedy(new=2))
    events = run(model, greedy(new=6))
    assert events[0] == PromptProgress(RUN, len(PROMPT) - 1, len(PROMPT), len(PROMPT) - 1)
    assert tokens_of(events) == list(ANSWER[:6])


@pytest.mark.parametrize("calls", range(7))
def test_cancel_while_the_prompt_is_computed(model: Model, calls: int) -> None:
    """Whenever it comes, whole chunks stay in the cache and the next run goes on from them."""
    whole = tokens_of(run(model, greedy(LONG_PROMPT, new=4)))
    model.rewind(0)
    events = run(model, greedy(LONG_PROMPT, new=1), calls_until_true(calls))
    if finish_of(events) == "cancelled":
        assert tokens_of(events) == []
        assert len(model.cached_ids) in (0, CHUNK_TOKENS, 2 * CHUNK_TOKENS)
    assert tuple(model.cached_ids) == LONG_PROMPT[: len(model.cached_ids)]
    assert tokens_of(run(model, greedy(LONG_PROMPT, new=4))) == whole


def test_cancel_at_once_computes_nothing(model: Model) -> None:
    assert finish_of(run(model, greedy(LONG_PROMPT), lambda: True)) == "cancelled"
    assert model.cached_ids == []


def test_cancel_between_tokens(model: Model) -> None:
    drawn: list[int] = []
    for event in generate(model, greedy(new=30), lambda: len(drawn) == 5):
        drawn.extend(tokens_of([event]))
    assert drawn == list(ANSWER[:5])
    assert event == Finished(RUN, "cancelled")
    assert tokens_of(run(model, greedy(PROMPT + ANSWER[:5], new=10))) == list(ANSWER[5:15])


def test_a_run_left_unfinished_leaves_the_model_usable(model: Model) -> None:
    for event in generate(model, greedy(new=30)):
        if isinstance(event, Token):
            break
    assert tokens_of(run(model, greedy(new=10))) == list(ANSWER[:10])


def test_presence_penalty_reaches_generated_tokens_only(model: Model) -> None:
    sampling = Sampling(temperature=0, presence_penalty=100)
    found = tokens_of(run(model, greedy(new=30, sampling=sampling)))
    assert len(set(found)) == 30
    assert set(found) & set(PROMPT)


def test_repetition_penalty_reaches_the_prompt_too(model: Model) -> None:
    sampling = Sampling(temperature=0, repetition_penalty=100)
    found = tokens_of(run(model, greedy(new=30, sampling=sampling)))
    assert len(set(found)) == 30
    assert not set(found) & set(PROMPT)


def test_probed_run_reports_its_sites(model: Model) -> None:
    sites = ("layers.1.mlp.down_proj", "lm_head")
    events = run(model, greedy(new=6, probe=ProbeSelection(sites)))
    assert tokens_of(events) == list(ANSWER[:6])
    stats = {event.site: event for event in events if isinstance(event, ChannelStats)}
    assert set(stats) == set(sites)
    assert {site: event.tokens for site, event in stats.items()} == dict.fromkeys(sites, len(PROMPT) + 5)
    assert stats[sites[0]].absmax.shape == (SPECS[0].intermediate_size,)


def test_probed_sites_may_change_while_it_runs(model: Model) -> None:
    selection = ProbeSelection(["lm_head"])
    last = None
    for event in generate(model, greedy(new=6, probe=selection)):
        if isinstance(event, Token):
            selection.choose("layers.0")
        if isinstance(event, ChannelStats):
            last = event.site
    assert last == "layers.0"


def test_statistics_start_anew_with_each_run(model: Model) -> None:
    for _ in range(2):
        model.rewind(0)
        events = run(model, greedy(new=2, probe=ProbeSelection(["layers.0"])))
        assert [e.tokens for e in events if isinstance(e, ChannelStats)][-1] == len(PROMPT) + 1


def test_unknown_site_fails_in_one_sentence(model: Model) -> None:
    events = run(model, greedy(probe=ProbeSelection(["layers.9"])))
    assert isinstance(events[-1], Failed)
    assert "layers.9" in events[-1].message
    assert is_one_sentence(events[-1].message)


def test_timing_says_what_was_done(model: Model) -> None:
    timing = run(model, greedy(new=5))[-2]
    assert isinstance(timing, Timing)
    assert (timing.reused_tokens, timing.prompt_tokens, timing.new_tokens) == (0, len(PROMPT), 5)
    assert timing.prefill_tokens_per_s > 0
    assert timing.decode_tokens_per_s > 0
    assert (timing.context_used, timing.context_tokens) == (len(PROMPT) + 4, CONTEXT)


def test_check_prompt_accepts_what_fits(model: Model) -> None:
    check_prompt(model, (0, VOCABULARY - 1) * (CONTEXT // 2 - 1))
