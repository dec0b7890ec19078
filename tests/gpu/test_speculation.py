"""Prompt lookup: whatever is guessed, the answer is the one that would have come without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from types import SimpleNamespace

import numpy as np
import pytest

from gpu.errors import Cancelled
from gpu.events import Event, Finished, Token
from gpu.generate import Request, generate
from gpu.kernels.matrix import COLUMNS
from gpu.kit import Op
from gpu.model import Model
from gpu.probes.selection import ProbeSelection
from gpu.sampling import Sampling
from gpu.speculation import WIDTHS, PassTimes, Steps
from tests.golden.qwen3.checkpoints import SPECS

SPEC = SPECS[0]
CONTEXT = 120


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
    """Guess whenever there is something to guess, and wait for the kernels."""
    monkeypatch.setattr(Op, "is_compiled", True)
    monkeypatch.setattr(PassTimes, "best_width", lambda _, tokens: max(w for w in WIDTHS if w <= len(tokens)))


def test_widths_are_those_that_kernels_are_made_for() -> None:
    assert WIDTHS == COLUMNS


PENALTIES = Sampling(temperature=0, repetition_penalty=1.1, presence_penalty=0.2)
WARM = Sampling(temperature=0.3, top_k=20, seed=3)  # drawn on the device too
SAMPLINGS = [Sampling(temperature=0), WARM, replace(WARM, top_k=0, top_p=1), PENALTIES]


@pytest.mark.parametrize("sampling", SAMPLINGS, ids=["greedy", "top-k", "all", "penalties"])
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
def test_an_answer_ends_at_a_stop_token_amid_guesses(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Request(1, tuple(range(3, 12)) * 3, Sampling(temperature=0), max_new_tokens=30)
    ids = [token.token_id for token in tokens_of(answer(model, plain))]
    last_new = max(set(ids), key=ids.index)
    stopped = replace(plain, stop_ids=frozenset({last_new}))
    expected, cached = answer(model, stopped), list(model.cached_ids)
    passes = counted(model, monkeypatch)
    found = answer(model, replace(stopped, looks_up=True))
    assert found[-1] == expected[-1] == Finished(1, "stop")
    assert [token.token_id for token in tokens_of(found)] == [t.token_id for t in tokens_of(expected)]
    assert model.cached_ids == cached
    assert passes


@pytest.mark.usefixtures("eager")
def test_the_end_of_the_context_is_kept(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = counted(model, monkeypatch)
    request = Request(1, (1, 2, 3, 4) * (CONTEXT // 4 - 2), Sampling(temperature=0), looks_up=True)
    finished = answer(model, request)[-1]
    assert finished == Finished(1, "context")
    assert len(model.cached_ids) == CONTEXT - 1
    assert all(tokens <= WIDTHS[-1] for tokens in passes)


@pytest.mark.usefixtures("eager")
def test_probes_count_each_token_once_so_nothing_is_guessed(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = counted(model, monkeypatch)
    probe = ProbeSelection(frozenset({model.sites[0]}))
    answer(model, Request(1, (1, 2, 3) * 9, max_new_tokens=5, probe=probe, looks_up=True))
    assert passes == []


class Echo:
    """A model whose tokens come from a list, and whose passes cost what `steps` says of their width."""

    def __init__(self, script: Sequence[int], clock: list[float], steps: Mapping[int, float]) -> None:
        self.script, self.clock, self.steps = script, clock, steps
        self.cached_ids: list[int] = []
        self.context_tokens = 10_000
        self.widths: list[int] = []
        self.scheme = SimpleNamespace(granularity="b32")
        self.compiled = True

    def _row(self, at: int) -> np.ndarray:
        return np.array([self.script[at % len(self.script)]], np.float32)

    def guess_ops(self, _width: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(is_compiled=True), SimpleNamespace(is_compiled=self.compiled)]

    def feed(self, ids: tuple[int, ...], _cancel: object, *, probed: bool) -> Iterator[int]:
        assert not probed
        self.clock[0] += self.steps[1]
        self.cached_ids += ids
        yield 1

    def last_logits(self) -> np.ndarray:
        return self._row(len(self.cached_ids))

    def verify(self, ids: Sequence[int], _cancel: object) -> np.ndarray:
        self.clock[0] += self.steps[len(ids)]
        self.widths.append(len(ids))
        self.cached_ids.append(ids[0])
        return np.array([self._row(len(self.cached_ids) + i) for i in range(len(ids))])


SHARED_CORES = {1: 1, 2: 1.25, 4: 1.75, 8: 3}
COPY = [1, 2, 3, 4, 5, 6, 7, 8, 9] * 40
NOISE = np.random.default_rng(0).integers(0, 5, 1000).tolist()  # any few tokens came before


def run(script: Sequence[int], costs: Mapping[int, float] = SHARED_CORES, kind: type[Echo] = Echo) -> Echo:
    clock = [0.0]
    model = kind(script, clock, costs)
    steps = Steps(model, (), looks_up=True, clock=lambda: clock[0])  # type: ignore[arg-type]
    for token in script[:-1]:
        steps.feed(token)
        assert steps.logits()[0] == script[len(model.cached_ids)]
    assert model.cached_ids == list(script[:-1])
    return model


def test_copying_is_faster_and_guessing_wrong_costs_little() -> None:
    assert run(COPY).clock[0] < len(COPY) / 2
    assert run(NOISE).clock[0] < 1.05 * len(NOISE)


def test_the_width_is_the_one_that_gains_most() -> None:
    assert max(Counter(run(COPY).widths).items(), key=itemgetter(1))[0] == 8
    assert max(Counter(run(COPY, {1: 1, 2: 1.25, 4: 1.4, 8: 6}).widths).items(), key=itemgetter(1))[0] == 4
    dear = run(COPY, {1: 1, 2: 2.5, 4: 5, 8: 10})
    assert len(dear.widths) <= 2 * len(WIDTHS)  # each is tried, and timed once it is warm


def test_nothing_is_guessed_until_kernels_are_compiled() -> None:
    class Uncompiled(Echo):
        @property
        def compiled(self) -> bool:
            return len(self.cached_ids) > 100

        @compiled.setter
        def compiled(self, _: bool) -> None: ...

        def verify(self, ids: Sequence[int], cancel: object) -> np.ndarray:
            assert self.compiled
            return super().verify(ids, cancel)

    assert run(COPY, kind=Uncompiled).widths


def test_a_first_pass_that_compiles_is_not_held_against_the_next() -> None:
    """A hundred steps go into the first of each width."""

    class Slow(Echo):
        def verify(self, ids: Sequence[int], cancel: object) -> np.ndarray:
            self.clock[0] += 0 if len(ids) in self.widths else 97
            return super().verify(ids, cancel)

    assert run(COPY, kind=Slow).widths.count(8) > 20


def test_a_busy_moment_changes_no_width() -> None:
    times = PassTimes()
    assert times.best_width([1, 2]) == 1  # nothing is known yet
    for _ in range(5):
        times.took(1, 1.0)
        times.took(2, 1.5)
    times.took(1, 30.0)
    times.took(2, 30.0)
    assert times.best_width([1, 1.8]) == 2
    assert times.best_width([1, 1.4]) == 1


@pytest.mark.parametrize("guessed", [False, True], ids=["before a pass", "between guesses"])
def test_a_cancel_is_noticed(guessed: bool) -> None:
    stopped = [False]
    clock = [0.0]
    model = Echo([1, 2, 3] * 20, clock, SHARED_CORES)
    steps = Steps(model, (), lambda: stopped[0], looks_up=True, clock=lambda: clock[0])  # type: ignore[arg-type]
    at = 0
    while not model.widths:
        steps.feed(model.script[at])
        steps.logits()
        at += 1
    while not guessed and steps._check is not None and steps._check.confirms(model.script[at]):
        steps.feed(model.script[at])
        at += 1
    model.verify = cancelled  # type: ignore[assignment]
    stopped[0] = True
    with pytest.raises(Cancelled):
        steps.feed(model.script[at])
    assert model.cached_ids == list(model.script[:at])


def cancelled(_ids: Sequence[int], cancel: Callable[[], bool]) -> np.ndarray:
    assert cancel()
    raise Cancelled
