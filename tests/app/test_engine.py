"""Which model stays open when another one does not fit beside it, or at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

import app.engine as module
from app.engine import GpuEngine
from app.engine_session import EngineOptions, EngineSession
from app.messages import Adapters, Failure, MemoryUse, ModelFacts, ModelWish, Question, Turn
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.subject import Subject
from gpu.checkpoints import Checkpoint
from gpu.errors import BudgetError, Cancelled, RequestError, SchemeError
from gpu.events import ChannelStats, Finished
from gpu.scheme import Scheme

WISH = ModelWish("demo", context_tokens=64)
OTHER = ModelWish("demo", scheme="W16A16", context_tokens=64)
NO_ROOM = BudgetError(2, 1, "free some memory.")


class Loads:
    """Sessions as the engine makes them; `outcomes` are raised or let through, one a load."""

    def __init__(self) -> None:
        self.outcomes: list[Exception | None] = []
        self.schemes: list[str] = []

    def __call__(self, checkpoint: Checkpoint, options: EngineOptions) -> EngineSession:
        self.schemes.append(str(options.scheme))
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        return EngineSession(checkpoint, options)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    result = Loads()
    monkeypatch.setattr(module, "EngineSession", result)
    return result


@pytest.fixture
def letters() -> list[object]:
    return []


@pytest.fixture
def engine(loads: Loads, letters: list[object]) -> Iterator[GpuEngine]:
    """With a model open."""
    assert not loads.outcomes
    result = GpuEngine(letters.append)
    result.open(WISH, lambda: False)
    yield result
    result.close()


def answer(engine: GpuEngine, letters: list[object]) -> object:
    letters.clear()
    engine.answer(7, Question((Turn("user", "Why?"),), max_new_tokens=2), lambda: False)
    return letters[-1]


def test_opening_tells_what_the_model_is_and_where_the_memory_went(
    engine: GpuEngine, letters: list[object]
) -> None:
    engine.survey()
    (facts,) = [letter for letter in letters if isinstance(letter, ModelFacts)]
    assert (facts.wish, facts.scheme, facts.context_tokens) == (WISH, "W4A8", 64)
    assert facts.supports_thinking
    (use,) = [letter for letter in letters if isinstance(letter, MemoryUse)]
    assert dict(use.by_purpose)["weights"] > 0
    (adapters,) = [letter for letter in letters if isinstance(letter, Adapters)]
    assert facts.adapter in adapters.found


def test_a_context_longer_than_the_models_is_cut_to_it(engine: GpuEngine, letters: list[object]) -> None:
    engine.open(replace(WISH, context_tokens=10**6), lambda: False)
    facts = [letter for letter in letters if isinstance(letter, ModelFacts)][-1]
    assert facts.context_tokens == facts.longest_context_tokens == 2048


def test_a_model_that_fits_nowhere_leaves_the_open_one_answering(
    engine: GpuEngine, loads: Loads, letters: list[object]
) -> None:
    loads.outcomes = [NO_ROOM, NO_ROOM]
    with pytest.raises(BudgetError):
        engine.open(OTHER, lambda: False)
    assert loads.schemes == ["W4A8", "W16A16", "W16A16", "W4A8"]
    assert answer(engine, letters) == Finished(7, "length")


def test_a_model_that_fits_alone_takes_the_place_of_the_open_one(
    engine: GpuEngine, loads: Loads, letters: list[object]
) -> None:
    loads.outcomes = [NO_ROOM]
    engine.open(OTHER, lambda: False)
    assert loads.schemes == ["W4A8", "W16A16", "W16A16"]
    assert answer(engine, letters) == Finished(7, "length")


def test_if_the_former_model_cannot_come_back_either_that_is_said(
    engine: GpuEngine, loads: Loads, letters: list[object]
) -> None:
    loads.outcomes = [NO_ROOM, NO_ROOM, NO_ROOM]
    with pytest.raises(BudgetError):
        engine.open(OTHER, lambda: False)
    assert letters[-1] == Failure("closed", str(NO_ROOM))
    with pytest.raises(RequestError, match="No model is open"):
        engine.answer(8, Question(()), lambda: False)


def test_any_other_failure_leaves_the_open_model_untouched(
    engine: GpuEngine, loads: Loads, letters: list[object]
) -> None:
    with pytest.raises(SchemeError):
        engine.open(ModelWish("demo", scheme="W5000"), lambda: False)
    with pytest.raises(Cancelled):
        engine.open(OTHER, lambda: True)
    assert loads.schemes.count("W4A8") == 1
    assert answer(engine, letters) == Finished(7, "length")


def test_preparing_leaves_no_trace(engine: GpuEngine, letters: list[object]) -> None:
    engine.prepare(lambda: False)
    engine.read(0, "lm_head")
    stats = letters[-1]
    assert isinstance(stats, ChannelStats)
    assert stats.tokens == 0
    assert not stats.absmax.any()
    with pytest.raises(Cancelled):
        engine.prepare(lambda: True)
    assert answer(engine, letters) == Finished(7, "length")


def test_nothing_is_freed_for_a_model_that_would_not_fit_even_alone(
    engine: GpuEngine, loads: Loads, letters: list[object]
) -> None:
    question = CalculatorInputs(Subject.of_numbers(10**12, 2, 1, 32), Scheme.parse("W4A8"))
    loads.outcomes = [BudgetError(2**40, 2**20, "no.", question=question)]
    with pytest.raises(BudgetError, match="too much") as raised:
        engine.open(OTHER, lambda: False)
    assert loads.schemes == ["W4A8", "W16A16"]
    assert raised.value.available_bytes > 2**20, "what the open model holds is counted"
    assert answer(engine, letters) == Finished(7, "length")
