"""One prompt answered under two schemes, with the same seed and sampling."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.messages import Turn
from app.reply import prompt_ids, trace_entry
from app.token_trace import TraceEntry
from gpu.events import Event, Failed, Finished, FinishReason, Token
from gpu.generate import Request, generate
from gpu.sampling import Sampling
from gpu.scheme import Scheme

if TYPE_CHECKING:
    from app.engine_desk import Desk
    from gpu.model import Model

_STRETCH_S = 0.2  # how long one column goes on before it is the other's turn
Cancel = Callable[[], bool]


@dataclass(frozen=True)
class CompareWish:
    """`sampling` has a seed, so that both columns draw the same random numbers."""

    prompt: str
    schemes: tuple[str, str]
    sampling: Sampling = field(default_factory=Sampling)
    max_new_tokens: int | None = None


@dataclass(frozen=True)
class ColumnToken:
    """A further token of column 0 or 1. The speed counts the column's own time, without its prompt."""

    column: int
    entry: TraceEntry
    tokens_per_s: float | None


@dataclass(frozen=True)
class ColumnEnded:
    """A column is done: why, or the sentence that says what went wrong."""

    column: int
    reason: FinishReason | None
    error: str = ""


def compare_schemes(desk: Desk, cancel: Cancel, wish: CompareWish) -> None:
    """Stream both columns in short turns where one of them is the open model; else one after the other,
    since there is room for one companion.

    Raises:
        BudgetError: a scheme's model does not fit beside the open one.
        RequestError, TextError: the prompt cannot be put before this model.
        Cancelled: `cancel` said so while a model was loading.
    """
    schemes = [Scheme.parse(name) for name in wish.schemes]
    own = desk.opened.session.model.scheme
    if own in schemes and schemes[0] != schemes[1]:
        models = [_model(desk, scheme, cancel) for scheme in schemes]
        _alternate([_Column(desk, wish, number, model, cancel) for number, model in enumerate(models)])
    else:
        for number, scheme in enumerate(schemes):
            _alternate([_Column(desk, wish, number, _model(desk, scheme, cancel), cancel)])


def _model(desk: Desk, scheme: Scheme, cancel: Cancel) -> Model:
    opened = desk.opened.session.model
    return opened if scheme == opened.scheme else desk.companion(scheme, cancel).model


def _alternate(columns: list[_Column]) -> None:
    while columns:
        columns = [column for column in columns if column.go_on()]


class _Column:
    """One run of the generation loop, stopped and gone on with; its clock runs only while it does."""

    def __init__(self, desk: Desk, wish: CompareWish, number: int, model: Model, cancel: Cancel) -> None:
        files = desk.opened.files
        thinking = False if files.codec.has_chat_template and files.codec.supports_thinking else None
        request = Request(
            run_id=number,
            prompt_ids=prompt_ids(files.codec, (Turn("user", wish.prompt),), thinking),
            sampling=wish.sampling,
            stop_ids=files.stop_ids,
            max_new_tokens=wish.max_new_tokens,
        )
        self._desk, self._number, self._model, self._codec = desk, number, model, files.codec
        self._events: Iterator[Event] = generate(model, request, cancel)
        self._tokens = 0
        self._spent_s = 0.0

    def go_on(self) -> bool:
        """Run for a short while; False once it has ended."""
        began = time.perf_counter()
        while time.perf_counter() - began < _STRETCH_S:
            event = self._next()
            if isinstance(event, Finished):
                self._desk.post(ColumnEnded(self._number, event.reason))
                return False
            if isinstance(event, Failed):
                self._desk.post(ColumnEnded(self._number, None, event.message))
                return False
        return True

    def _next(self) -> Event:
        began = time.perf_counter()
        event = next(self._events)
        if isinstance(event, Token):
            self._count(time.perf_counter() - began)
            self._post(event)
        return event

    def _count(self, elapsed_s: float) -> None:
        """The first token ends the prompt: the clock starts after it."""
        if self._tokens:
            self._spent_s += elapsed_s
        self._tokens += 1

    def _post(self, token: Token) -> None:
        if token.detail is not None:
            speed = (self._tokens - 1) / self._spent_s if self._spent_s else None
            self._desk.post(ColumnToken(self._number, trace_entry(token.detail, self._codec), speed))
