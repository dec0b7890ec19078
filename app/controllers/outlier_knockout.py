"""Knock-outs on the captured text with the open model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from app.engine_thread import EngineThread, Job
from app.failures import sentence_of
from app.knockouts import WHERE, overflow_told, targets_of, worth_told
from app.messages import ModelFacts, TaskProgress
from app.presenters.outlier_profile import knockout_charts, knockout_note
from app.tasks.knockout import KNOCKOUT, KnockedOut, KnockoutFailed, KnockoutWish, run_knockout
from gpu.errors import Cancelled, RequestError
from gpu.probes.captured import Capture
from views.frames import Choice
from views.frames.outliers import KnockoutFrame
from views.outliers.knockout import KnockoutPage

if TYPE_CHECKING:
    from gpu.probes.knockout import Knockout

_POLL_MS = 100
_PLACES = (
    Choice("inputs", "Inputs of attention and MLP", WHERE["inputs"]),
    Choice("all-inputs", "Inputs of every linear layer", WHERE["all-inputs"]),
    Choice("residual", "Residual stream", WHERE["residual"]),
)
_NONE = "No channel stands out there; choose another place."
_EXPLANATION = (
    "Takes out the channels that stand out in this capture, and as many random ones, "
    "and scores the captured text."
)


class KnockoutController(QObject):
    """One experiment at a time."""

    def __init__(self, page: KnockoutPage, engine: EngineThread) -> None:
        super().__init__(page)
        self._page, self._engine = page, engine
        self._facts: ModelFacts | None = None
        self._capture: Capture | None = None
        self._place, self._seeds = "inputs", 5
        self._job: Job | None = None
        self._result: Knockout | None = None
        self._problem = ""
        self.frame = KnockoutFrame()
        self._at = TaskProgress(KNOCKOUT, "")
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)
        engine.told.connect(self._hear)
        page.place_chosen.connect(self._choose_place)
        page.seeds_chosen.connect(self._choose_seeds)
        page.run_requested.connect(self._begin)
        page.cancel_requested.connect(self._cancel)
        self._show()

    def set_model(self, facts: ModelFacts | None) -> None:
        self._facts = facts
        self._show()

    def set_capture(self, capture: Capture | None) -> None:
        if capture is not self._capture:
            self._capture, self._result, self._problem = capture, None, ""
        self._show()

    @Slot()
    def _begin(self) -> None:
        if self._capture is None:
            return
        try:
            targets = targets_of(self._capture, self._place)
        except RequestError:
            self._result = None
            self._problem = overflow_told(self._capture) or _NONE
            self._show()
            return
        wish = KnockoutWish(self._capture.token_ids, targets, self._seeds)
        self._result, self._problem = None, ""
        self._job = self._engine.run(lambda desk, cancel: run_knockout(desk, cancel, wish), _failed)
        self._timer.start()
        self._show()

    @Slot()
    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, KnockedOut):
            self._result, self._problem = letter.result, ""
        elif isinstance(letter, KnockoutFailed):
            self._problem = letter.sentence
        else:
            return
        self._job = None
        self._timer.stop()
        self._show()

    @Slot()
    def _poll(self) -> None:
        at = self._engine.take(TaskProgress)
        if at is not None and at.task == KNOCKOUT:
            self._at = at
            self._show()

    @Slot(str)
    def _choose_place(self, place: str) -> None:
        self._place = place
        self._show()

    @Slot(int)
    def _choose_seeds(self, seeds: int) -> None:
        self._seeds = seeds

    def _show(self) -> None:
        running = self._job is not None
        result = self._result
        self.frame = KnockoutFrame(
            where=_PLACES,
            place=self._place,
            seeds=self._seeds,
            charts=knockout_charts(result) if result is not None else (),
            verdict=worth_told(result.worth, result.factor) if result and not self._problem else "",
            note=self._problem or (knockout_note(result) if result is not None else _EXPLANATION),
            running=running,
            progress=self._at.done / self._at.total if running and self._at.total else 0.0,
            stage=self._at.stage if running else "",
            enabled=self._facts is not None and self._capture is not None,
        )
        self._page.set_frame(self.frame)


def _failed(error: Exception) -> KnockoutFailed:
    return KnockoutFailed("" if isinstance(error, Cancelled) else sentence_of(error))
