"""Questions to the arithmetic and what comes back: the bar and the verdict first, then the page on show.

Runs on a worker's thread: a search through schemes takes longer than a window may stand still.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.calculator.moves import Drag, Step, move
from app.calculator.rooms import Room
from app.calculator.speeds import OwnSpeed
from app.presenters.calculator import bar_frame, verdict_frame
from app.presenters.calculator_engines import engines_table
from app.presenters.calculator_memory import batch_chart, bytes_table, context_chart, largest_table
from app.presenters.calculator_speed import speed_frame
from gpu.calculator.engines import OTHER_ENGINES, what_if
from gpu.calculator.estimate import Estimate, estimate
from gpu.calculator.fitting import TABLE_SCHEMES, Knob, largest_contexts
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.series import over_batch, over_context
from gpu.calculator.solve import Solution, alternatives
from gpu.calculator.speed import roofline
from gpu.roofline import Rates
from gpu.scheme import Scheme
from views.frames.calculator import BarFrame, LinesFrame, SpeedFrame, TableFrame, VerdictFrame

_MOST_BATCH = 64
Post = Callable[[object], None]
Cancel = Callable[[], bool]


@dataclass(frozen=True)
class Question:
    """`revision` comes back with every answer. `what` is a move of an edge, made from `inputs`; while one is
    under way (`settled` False) nothing but the bar and the verdict is worked out."""

    revision: int
    inputs: CalculatorInputs
    rooms: tuple[Room, ...]
    locks: frozenset[Knob]
    page: str
    what: Drag | Step | None = None
    settled: bool = True
    own_speed: OwnSpeed | None = None


@dataclass(frozen=True)
class Answer:
    """The estimate's inputs are those of the question after its move, if it was one."""

    revision: int
    is_move: bool
    is_settled: bool
    estimate: Estimate
    moved: str
    ways: tuple[Solution, ...]
    verdict: VerdictFrame
    bar: BarFrame


@dataclass(frozen=True, eq=False)
class MemoryAnswer:
    """One part of the page at a time: `context`, `batch` (charts) or `largest` (a table)."""

    revision: int
    part: str
    frame: LinesFrame | TableFrame


@dataclass(frozen=True)
class BytesAnswer:
    revision: int
    table: TableFrame


@dataclass(frozen=True, eq=False)
class SpeedAnswer:
    """`choices` are what the rows of the frame's table stand for, by their keys."""

    revision: int
    choices: tuple[CalculatorInputs, ...]
    frame: SpeedFrame


@dataclass(frozen=True)
class EnginesAnswer:
    revision: int
    table: TableFrame


def answer(question: Question, post: Post, cancel: Cancel) -> None:
    """Post an `Answer`, another one with ways out where it does not fit, and what the page shows.

    Raises:
        QuantscopeError: a figure beyond what is reckoned with.
    """
    room = question.rooms[0].memory_bytes if question.rooms else None
    inputs, moved = question.inputs, ""
    if question.what is not None:
        result = move(inputs, question.what, question.locks, room)
        inputs, moved = result.inputs, result.sentence
    found = estimate(inputs)
    post(_answer(question, found, moved, ()))
    if not question.settled or cancel():
        return
    if room is not None and found.total_bytes > room:
        post(_answer(question, found, moved, alternatives(inputs, question.locks, room)))
    if not cancel():
        _PAGES[question.page](replace(question, inputs=inputs), found, post)


def _answer(question: Question, found: Estimate, moved: str, ways: tuple[Solution, ...]) -> Answer:
    verdict = verdict_frame(found, question.rooms, moved, ways)
    return Answer(
        question.revision,
        question.what is not None,
        question.settled,
        found,
        moved,
        ways,
        verdict,
        bar_frame(found, question.rooms, question.locks),
    )


def _post_memory(question: Question, found: Estimate, post: Post) -> None:
    inputs, rooms, room = question.inputs, question.rooms, next(iter(question.rooms), None)
    post(MemoryAnswer(question.revision, "context", context_chart(over_context(inputs), found, rooms)))
    batches = over_batch(inputs, max(_MOST_BATCH, 2 * inputs.batch))
    post(MemoryAnswer(question.revision, "batch", batch_chart(batches, found, rooms)))
    schemes = table_schemes(inputs.scheme)
    fits = largest_contexts(inputs, schemes, room.memory_bytes) if room is not None else ()
    post(MemoryAnswer(question.revision, "largest", largest_table(fits, found, room)))


def table_schemes(own: Scheme) -> tuple[Scheme, ...]:
    """The usual schemes and the one asked for, each once."""
    usual = [Scheme.parse(name) for name in TABLE_SCHEMES]
    return tuple(dict.fromkeys([*usual, own]))


def _post_bytes(question: Question, found: Estimate, post: Post) -> None:
    post(BytesAnswer(question.revision, bytes_table(found)))


def _post_speed(question: Question, found: Estimate, post: Post) -> None:
    room = question.rooms[0] if question.rooms else None
    roof = roofline(found.inputs, room.rates if room is not None else Rates())
    choices = tuple(choice.inputs for choice in roof.choices)
    post(SpeedAnswer(question.revision, choices, speed_frame(roof, room, question.own_speed)))


def _post_engines(question: Question, found: Estimate, post: Post) -> None:
    others = [what_if(engine, found.inputs) for engine in OTHER_ENGINES]
    room = question.rooms[0] if question.rooms else None
    post(EnginesAnswer(question.revision, engines_table(others, found, room)))


def _post_nothing(_question: Question, _found: Estimate, _post: Post) -> None:
    """The page of measurements does not depend on the inputs."""


_PAGES: dict[str, Callable[[Question, Estimate, Post], None]] = {
    "memory": _post_memory,
    "bytes": _post_bytes,
    "speed": _post_speed,
    "engines": _post_engines,
    "truth": _post_nothing,
}
