"""Prompt lookup: whatever is guessed, the answer is the one that would have come without."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu.errors import Cancelled
from gpu.events import Event, Finished, Token
from gpu.generate import Request, generate
from gpu.model import Model
from gpu.probes.selection import ProbeSelection
from gpu.sampling import Sampling
from gpu.speculation import CHECKED_TOKENS, BackOff, PromptLookup, Steps
from tests.golden.qwen3.checkpoints import SPECS

SPEC = SPECS[0]
CONTEXT = 120
few_ids = st.lists(st.integers(0, 1), max_size=40)


@pytest.fixture(scope="module", params=["W16A16", "W4A8"])
def model(request: pytest.FixtureRequest, golden_model: Callable[..., Model]) -> Model:
    return golden_model(SPEC.name, CONTEXT, request.param)


def answer(model: Model, request: Request) -> list[Event]:
    model.rewind(0)
    return list(generate(model, request))


def tokens_of(events: list[Event]) -> list[Token]:
    return [event for event in events if isinstance(event, Token)]


def counted(model: Model, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tokens each pass of guesses had."""
    passes: list[int] = []
    verify = model.verify

    def wrapped(ids: Sequence[int], cancel: Callable[[], bool]) -> np.ndarray:
        passes.append(len(ids))
        return verify(ids, cancel)

    monkeypatch.setattr(model, "verify", wrapped)
    return passes


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guess whenever there is something to guess."""
    monkeypatch.setattr(BackOff, "allows", lambda _, guessed: guessed > 0)


SAMPLINGS = [Sampling(temperature=0), Sampling(temperature=0.3, top_k=0, top_p=1, seed=3)]


@pytest.mark.parametrize("sampling", SAMPLINGS, ids=["greedy", "sampled"])
@pytest.mark.usefixtures("eager")
def test_answers_are_those_without(model: Model, monkeypatch: pytest.MonkeyPatch, sampling: Sampling) -> None:
    """The prompt holds the answer, so that guesses are right, and then goes astray."""
    start = tuple(range(3, 12))
    plain = Request(1, start, sampling, max_new_tokens=30)
    own = tuple(token.token_id for token in tokens_of(answer(model, plain)))
    prompt = (*start, *own[:20], 7, 8, *start)
    plain = replace(plain, prompt_ids=prompt)
    expected = tokens_of(answer(model, plain))
    cached = list(model.cached_ids)
    passes = counted(model, monkeypatch)
    found = tokens_of(answer(model, replace(plain, looks_up=True)))
    assert [token.token_id for token in found] == [token.token_id for token in expected]
    assert [token.context_used for token in found] == [token.context_used for token in expected]
    assert model.cached_ids == cached
    assert passes
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.detail is not None
        assert theirs.detail is not None
        assert ours.detail.probability == pytest.approx(theirs.detail.probability, rel=1e-3)


@pytest.mark.usefixtures("eager")
def test_the_end_of_the_context_is_kept(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = counted(model, monkeypatch)
    request = Request(1, (1, 2, 3, 4) * (CONTEXT // 4 - 2), Sampling(temperature=0), looks_up=True)
    finished = answer(model, request)[-1]
    assert finished == Finished(1, "context")
    assert len(model.cached_ids) == CONTEXT - 1
    assert all(tokens <= CHECKED_TOKENS for tokens in passes)


@pytest.mark.usefixtures("eager")
def test_probes_count_each_token_once_so_nothing_is_guessed(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = counted(model, monkeypatch)
    probe = ProbeSelection(frozenset({model.sites[0]}))
    answer(model, Request(1, (1, 2, 3) * 9, max_new_tokens=5, probe=probe, looks_up=True))
    assert passes == []


@given(few_ids)
def test_a_guess_is_what_followed_the_newest_four_tokens(ids: list[int]) -> None:
    lookup = PromptLookup(ids)
    earlier = [at + 4 for at in range(len(ids) - 4) if ids[at : at + 4] == ids[-4:]]
    expected = ids[earlier[-1] :][:7] if earlier else []
    assert list(lookup.guess(7)) == expected
    assert lookup.guess(0) == ()


class Echo:
    """A model whose pass of guesses costs three steps, and whose tokens come from a list."""

    def __init__(self, script: Sequence[int], clock: list[float]) -> None:
        self.script, self.clock = script, clock
        self.cached_ids: list[int] = []
        self.context_tokens, self.passes = 10_000, 0
        self.scheme = SimpleNamespace(granularity="b32")

    def _row(self, at: int) -> np.ndarray:
        return np.array([self.script[at % len(self.script)]], np.float32)

    def feed(self, ids: tuple[int, ...], _cancel: object, *, probed: bool) -> Iterator[int]:
        assert not probed
        self.clock[0] += 1
        self.cached_ids += ids
        yield 1

    def last_logits(self) -> np.ndarray:
        return self._row(len(self.cached_ids))

    def verify(self, ids: Sequence[int], _cancel: object) -> np.ndarray:
        self.clock[0] += 3
        self.passes += 1
        self.cached_ids.append(ids[0])
        return np.array([self._row(len(self.cached_ids) + i) for i in range(len(ids))])


def run(script: Sequence[int], kind: type[Echo] = Echo) -> Echo:
    clock = [0.0]
    model = kind(script, clock)
    steps = Steps(model, (), looks_up=True, clock=lambda: clock[0])  # type: ignore[arg-type]
    for token in script[:-1]:
        steps.feed(token)
        assert steps.logits()[0] == script[len(model.cached_ids)]
    assert model.cached_ids == list(script[:-1])
    return model


def test_copying_is_faster_and_guessing_wrong_costs_little() -> None:
    copied = run([1, 2, 3, 4, 5, 6, 7, 8, 9] * 40)
    assert copied.clock[0] < len(copied.cached_ids) / 2
    noise = np.random.default_rng(0).integers(0, 5, 2000).tolist()  # any four tokens came before
    wrong = run(noise)
    assert 0 < wrong.passes < 30
    assert wrong.clock[0] < 1.03 * len(noise)


def test_a_first_pass_that_waits_for_kernels_is_not_held_against_the_next() -> None:
    """Echo's first pass takes a hundred steps."""

    class Slow(Echo):
        def verify(self, ids: Sequence[int], cancel: object) -> np.ndarray:
            self.clock[0] += 0 if self.passes else 97
            return super().verify(ids, cancel)

    copied = run([1, 2, 3, 4, 5, 6, 7, 8, 9] * 40, Slow)
    assert copied.passes > 30


def test_pauses_grow_and_end() -> None:
    back_off = BackOff()
    assert not back_off.allows(7)  # nothing is known yet
    back_off.stepped(1.0)
    pauses = []
    for _ in range(3):
        back_off.checked(1, 3.0)
        pauses.append(next(n for n in count() if back_off.allows(7) or back_off.stepped(1.0)))
    assert pauses == [16, 32, 64]
    assert not back_off.allows(1)  # a pass of 3 s cannot pay for two tokens
    back_off.checked(8, 3.0)
    assert back_off.allows(7)


def test_a_cancel_is_noticed_between_guesses() -> None:
    stopped = [False]
    clock = [0.0]
    model = Echo([1, 2, 3] * 20, clock)
    steps = Steps(model, (), lambda: stopped[0], looks_up=True, clock=lambda: clock[0])  # type: ignore[arg-type]
    at = 0
    while model.passes == 0:
        steps.feed(model.script[at])
        steps.logits()
        at += 1
    stopped[0] = True
    with pytest.raises(Cancelled):
        steps.feed(model.script[at])
    assert model.cached_ids == list(model.script[:at])
