"""The device goes ahead of the host while there is nothing to guess, and takes up tokens drawn here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gpu.events import Failed, Finished, Token
from gpu.generate import Request, generate
from gpu.kit import Op
from gpu.model import Model
from gpu.probes.selection import ProbeSelection
from gpu.sampling import Sampling
from gpu.speculation import WIDTHS, PassTimes
from tests.golden.qwen3.checkpoints import SPECS, load_golden

PROMPT = load_golden(SPECS[0]).prompt_ids
GREEDY = Sampling(temperature=0)


@pytest.fixture(scope="module")
def loaded(golden_model: Callable[..., Model]) -> Model:
    return golden_model(SPECS[0].name, 100)


@pytest.fixture
def reads(loaded: Model, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tokens each read of the device found."""
    counts: list[int] = []
    read = loaded.chooser.read
    monkeypatch.setattr("gpu.drawing._STRETCH_S", 1e6)
    monkeypatch.setattr(Op, "is_compiled", True)
    monkeypatch.setattr(loaded.chooser, "read", lambda *asked: counts.append(asked[0]) or read(*asked))
    loaded.rewind(0)
    return counts


def run(model: Model, new: int, **fields: object) -> list[object]:
    return list(generate(model, Request(1, PROMPT, GREEDY, max_new_tokens=new, looks_up=True, **fields)))


def test_it_goes_ahead_and_not_beyond_the_end(
    loaded: Model, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PassTimes, "best_width", lambda *_: 1)
    assert run(loaded, 20)[-1] == Finished(1, "length")
    assert reads == [1, 1, 2, 4, 8, 4]
    assert len(loaded.cached_ids) == len(PROMPT) + 19


def test_it_waits_for_each_token_where_guesses_are_worth_making(
    loaded: Model, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    widest = lambda _, tokens: max(width for width in WIDTHS if width <= len(tokens))  # noqa: E731
    monkeypatch.setattr(PassTimes, "best_width", widest)
    prompt = PROMPT * 2
    loaded.rewind(0)
    request = Request(1, prompt, GREEDY, max_new_tokens=30)
    plain = [event.token_id for event in generate(loaded, request) if isinstance(event, Token)]
    del reads[:]
    loaded.rewind(0)
    found = generate(loaded, Request(1, prompt, GREEDY, max_new_tokens=30, looks_up=True))
    assert [event.token_id for event in found if isinstance(event, Token)] == plain
    assert reads
    assert len(reads) < 30
    assert loaded.cached_ids == [*prompt, *plain[:-1]]


@pytest.mark.usefixtures("reads")
def test_broken_logits_end_an_answer(loaded: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu.qwen3.chooser.Chosen.is_number", False)
    end = run(loaded, 5)[-1]
    assert isinstance(end, Failed)
    assert "not a number" in end.message


def test_probed_answers_are_drawn_without_guesses(loaded: Model, reads: list[int]) -> None:
    events = run(loaded, 4, probe=ProbeSelection(frozenset({loaded.sites[0]})))
    assert events[-1] == Finished(1, "length")
    assert reads == [1] * 4
