"""After every load: what was predicted beside what is held, and a line in the record of this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.engine_thread import EngineThread
from app.failures import sentence_of
from app.messages import ModelFacts
from app.truth import LoadTruth, NoTruth, Pair, TruthFile
from gpu.errors import Cancelled, QuantscopeError

if TYPE_CHECKING:
    from app.engine_desk import Desk


class TruthController(QObject):
    """`truth` is that of the open model, None while it is not known. A measurement that a question cancelled
    is made when the engine is idle again. Without a `file` the record lasts as long as the window."""

    changed = Signal()

    def __init__(self, engine: EngineThread, file: TruthFile | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine, self._file = engine, file
        self._unkept: tuple[Pair, ...] = ()
        self.truth: LoadTruth | None = None
        self.problem = ""
        self._is_wanted = False
        engine.told.connect(self._hear)
        engine.idle.connect(self._try_again)

    def set_model(self, facts: ModelFacts | None) -> None:
        self.truth, self._is_wanted = None, False
        self.changed.emit()
        if facts is not None:
            self._measure()

    def pairs(self) -> tuple[Pair, ...]:
        """The record of this machine, oldest first; empty, with `problem` set, if it cannot be read."""
        if self._file is None:
            return self._unkept
        try:
            return self._file.load()
        except QuantscopeError as error:
            self.problem = str(error)
            return ()

    def _measure(self) -> None:
        self._engine.run(_measure, _no_truth, background=True)

    @Slot()
    def _try_again(self) -> None:
        if self._is_wanted:
            self._is_wanted = False
            self._measure()

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, LoadTruth):
            self.truth = letter
            self._record(letter.pair)
            self.changed.emit()
        elif isinstance(letter, NoTruth):
            self._is_wanted = letter.cancelled
            self.problem = "" if letter.cancelled else letter.sentence
            self.changed.emit()

    def _record(self, pair: Pair) -> None:
        if self._file is None:
            self._unkept = (*self._unkept, pair)
            return
        try:
            self._file.append(pair)
        except QuantscopeError as error:
            self.problem = str(error)


def _no_truth(error: Exception) -> NoTruth:
    return NoTruth(sentence_of(error), isinstance(error, Cancelled))


def _measure(desk: Desk, cancel: Callable[[], bool]) -> None:
    """Runs on the engine thread, which has the heavy imports done."""
    from app.tasks.truth import measure_truth  # noqa: PLC0415 - it brings wgpu, which the window starts without

    measure_truth(desk, cancel)
