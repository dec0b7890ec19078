"""Scores of the answers on show: measured in the background, the newest first, and kept with their tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.chat import ChatController
from app.engine_thread import EngineThread, Job
from app.failures import sentence_of
from app.messages import ModelFacts
from app.presenters.setup import SCHEMES
from app.presenters.tokens import Standing
from app.tasks.score import Scored, ScoreWish, score_answer
from app.token_trace import Score, TokenTrace
from gpu.errors import BudgetError, Cancelled, QuantscopeError

if TYPE_CHECKING:
    from app.engine_desk import Desk

REFERENCE = "W16A16"
_CHEAPER = "W8A8"


@dataclass(frozen=True)
class ScoreFailed:
    """A comparison that did not work out; `sentence` is empty where it was only interrupted."""

    key: int
    reference: str
    sentence: str


class ScoreController(QObject):
    """Compares the open model with a reference, a few tokens a job, whenever nothing else is to be done.

    A question interrupts it; what was measured by then is not measured again.
    """

    changed = Signal()

    def __init__(self, engine: EngineThread, chat: ChatController) -> None:
        super().__init__(chat)
        self._engine, self._chat = engine, chat
        self._facts: ModelFacts | None = None
        self._reference = REFERENCE
        self._wanted = False
        self._job: Job | None = None
        self._partial: dict[int, Score] = {}
        self._problems: dict[int, str] = {}
        engine.told.connect(self._hear)
        engine.idle.connect(self._go_on)
        chat.answers_changed.connect(self._go_on)

    @property
    def references(self) -> tuple[str, ...]:
        """What the open model can be compared with: any other scheme, the reference first."""
        scheme = self._facts.scheme if self._facts is not None else ""
        names = dict.fromkeys((REFERENCE, *(choice.key for choice in SCHEMES)))
        return tuple(name for name in names if name != scheme)

    @property
    def reference(self) -> str:
        """What it is compared with: the one chosen, or the first that is not the open model itself."""
        return self._reference if self._reference in self.references else self.references[0]

    def set_model(self, facts: ModelFacts | None) -> None:
        self._facts = facts
        self._forget()

    def set_wanted(self, wanted: bool) -> None:
        """Whether anybody looks at scores."""
        if self._wanted and not wanted:
            self._let_go()
        self._wanted = wanted
        self._go_on()

    def choose(self, reference: str) -> None:
        """Compare with another scheme from now on."""
        self._reference = reference
        self._forget()

    def standing(self, key: int, trace: TokenTrace) -> Standing:
        """What is known of an answer."""
        if self._facts is None or not self._wanted:
            return Standing()
        if trace.model != self._facts.wish.model:
            return Standing(problem="Another model wrote this answer; open that one to compare.")
        return Standing(self._score(key, trace), self.reference, self.references, self._problems.get(key, ""))

    def _let_go(self) -> None:
        """Nobody needs the reference any more: free its memory."""
        if self._job is not None:
            self._job.cancel()
        if self._facts is not None:
            self._engine.run(_drop_reference, _ignore, background=True)

    def _score(self, key: int, trace: TokenTrace) -> Score | None:
        scheme = self._facts.scheme if self._facts is not None else ""
        return trace.score(scheme, self.reference) or self._partial.get(key)

    def _forget(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._partial, self._problems = {}, {}
        self.changed.emit()
        self._go_on()

    @Slot()
    def _go_on(self) -> None:
        """Measure more of the newest answer that lacks something."""
        if self._wanted and self._job is None and self._engine.is_idle:
            wish = next(self._wishes(), None)
            if wish is not None:
                self._job = self._engine.run(
                    lambda desk, cancel: score_answer(desk, cancel, wish),
                    lambda error: _failure(error, wish),
                    background=True,
                )

    def _wishes(self) -> Iterator[ScoreWish]:
        for key in reversed([message.id for message in self._chat.path if message.role == "assistant"]):
            trace = self._trace(key) if key not in self._problems else None
            question = self._chat.question(key)
            if trace is None or question is None or self._facts is None:
                continue
            score = self._score(key, trace)
            done = len(score.rows) if score is not None else 0
            if trace.model == self._facts.wish.model and done < len(trace):
                yield ScoreWish(key, question, trace.token_ids(), self.reference, done)

    def _trace(self, key: int) -> TokenTrace | None:
        """None for a broken record, too: whoever draws it says so."""
        try:
            return self._chat.trace(key)
        except QuantscopeError as error:
            self._problems[key] = str(error)
            return None

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if not isinstance(letter, Scored | ScoreFailed):
            return
        self._job = None
        if letter.reference != self.reference:
            return
        if isinstance(letter, Scored):
            self._take(letter)
        elif letter.sentence:
            self._problems[letter.key] = letter.sentence
            self.changed.emit()

    def _take(self, scored: Scored) -> None:
        """One that belongs to another model or to a deleted answer is of no use."""
        known = self._chat.question(scored.key) is not None
        if not known or self._facts is None or scored.scheme != self._facts.scheme:
            return
        trace = self._trace(scored.key)
        before = self._partial.get(scored.key)
        rows = [before.rows[: scored.start]] if before is not None else []
        score = Score(scored.scheme, scored.reference, np.concatenate([*rows, scored.rows]))
        self._partial[scored.key] = score
        if trace is not None and len(score.rows) == len(trace):
            del self._partial[scored.key]
            self._chat.keep_trace(scored.key, trace.with_score(score))
        self.changed.emit()


def _drop_reference(desk: Desk, _cancel: Callable[[], bool]) -> None:
    desk.opened.drop_companion()


def _ignore(_error: Exception) -> None:
    """The model was closed meanwhile, and its companion with it."""


def _failure(error: Exception, wish: ScoreWish) -> ScoreFailed:
    if isinstance(error, Cancelled):
        return ScoreFailed(wish.key, wish.reference, "")
    sentence = sentence_of(error)
    if isinstance(error, BudgetError) and wish.reference != _CHEAPER:
        sentence = f"{wish.reference} does not fit beside the open model: compare with {_CHEAPER} instead."
    return ScoreFailed(wish.key, wish.reference, sentence)
