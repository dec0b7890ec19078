"""What the engine says of an answer's tokens, and answers that go on after tokens already written."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.engine import GpuEngine
from app.messages import Followed, ModelWish, Question, Traced, Turn, Wrote
from app.token_trace import TokenTrace, TraceBuilder
from gpu.events import Event
from gpu.generate import Cancel, Request, generate
from gpu.model import Model
from gpu.probes.selection import ProbeSelection
from gpu.sampling import Sampling

GREEDY = Sampling(temperature=0)
TURNS = (Turn("user", "What is a scale?"),)
Answer = tuple[str, TokenTrace]


@pytest.fixture
def letters() -> list[object]:
    return []


@pytest.fixture
def engine(letters: list[object]) -> Iterator[GpuEngine]:
    result = GpuEngine(letters.append)
    result.open(ModelWish("demo", context_tokens=128), lambda: False)
    yield result
    result.close()


def ask(
    engine: GpuEngine, letters: list[object], question: Question, start: TokenTrace | None = None
) -> Answer:
    letters.clear()
    engine.answer(1, question, lambda: False)
    builder = TraceBuilder("demo", start)
    for letter in letters:
        if isinstance(letter, Traced):
            builder.append(letter.entry)
    return "".join(letter.answer for letter in letters if isinstance(letter, Wrote)), builder.trace()


def test_an_answer_is_traced_token_by_token(engine: GpuEngine, letters: list[object]) -> None:
    text, trace = ask(engine, letters, Question(TURNS, False, sampling=GREEDY, max_new_tokens=12))
    assert len(trace) == 12
    assert b"".join(trace.token_pieces()).decode("utf-8", "replace").strip("\n") == text
    for index, token in enumerate(trace.token_ids()):
        (first, share), *_ = trace.alternatives(index)
        assert first == token
        assert share == trace.rows["probability"][index]


def test_every_token_of_a_followed_site_comes_with_its_text(engine: GpuEngine, letters: list[object]) -> None:
    selection = ProbeSelection()
    selection.followed = "layers.1.mlp.down_proj"
    question = Question(TURNS, False, sampling=GREEDY, max_new_tokens=5, probe=selection)
    _, trace = ask(engine, letters, question)
    rows = [letter for letter in letters if isinstance(letter, Followed)]
    pieces = [piece for letter in rows for piece in letter.pieces]
    assert pieces[-4:] == list(trace.token_pieces())[:4]  # the last one is never fed back
    assert sum(len(letter.values) for letter in rows) == len(pieces)
    assert all(later.first == letter.first + len(letter.pieces) for letter, later in itertools.pairwise(rows))


def test_another_token_can_be_put_in_and_the_answer_goes_on(engine: GpuEngine, letters: list[object]) -> None:
    question = Question(TURNS, False, sampling=GREEDY, max_new_tokens=8)
    _, trace = ask(engine, letters, question)
    start = trace.with_choice(3, trace.alternatives(3)[1][0])
    branch = Question(TURNS, False, sampling=GREEDY, max_new_tokens=4, answer_ids=start.token_ids())
    text, longer = ask(engine, letters, branch, start)
    assert longer.token_ids()[:4] == start.token_ids()
    assert len(longer) == 8
    assert b"".join(longer.token_pieces()).decode("utf-8", "replace").strip("\n") == text


def test_going_on_after_its_own_tokens_gives_the_same_answer(
    engine: GpuEngine, letters: list[object]
) -> None:
    question = Question(TURNS, False, sampling=GREEDY, max_new_tokens=10)
    text, trace = ask(engine, letters, question)
    rest = Question(TURNS, False, sampling=GREEDY, max_new_tokens=6, answer_ids=trace.token_ids()[:4])
    assert ask(engine, letters, rest, replace(trace, rows=trace.rows[:4]))[0] == text


def test_guessing_ahead_gives_the_same_answer(
    engine: GpuEngine, letters: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Question(TURNS, False, sampling=GREEDY, max_new_tokens=6)
    answer, _ = ask(engine, letters, plain)
    requests: list[Request] = []

    def overheard(model: Model, request: Request, cancel: Cancel) -> Iterator[Event]:
        requests.append(request)
        return generate(model, request, cancel)

    monkeypatch.setattr("app.engine.generate", overheard)
    assert ask(engine, letters, replace(plain, looks_up=True))[0] == answer
    assert [request.looks_up for request in requests] == [True]
