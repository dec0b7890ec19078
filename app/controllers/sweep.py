"""The list of every tensor: measured in the background, one scheme or two side by side."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from app.engine_thread import EngineThread, Job
from app.failures import sentence_of
from app.messages import TaskProgress
from app.presenters.microscope_lists import NO_VERSUS, Listed, Progress, tensors_frame
from app.tasks.sweep import SWEEP, SweepEnded, SweepWish, Swept, sweep_tensors
from gpu.checkpoints.base import Checkpoint
from gpu.errors import Cancelled
from gpu.sweep import Rounding, TensorDamage, matrices
from views.microscope.tensors import TensorsPanel

PERIOD_MS = 200


class SweepController(QObject):
    """A question in the chat takes the engine: the sweep then ends, keeps what it found, and can go again."""

    def __init__(
        self, panel: TensorsPanel, engine: EngineThread, rounding: Rounding, text: Callable[[], str]
    ) -> None:
        super().__init__(panel)
        self._panel, self._engine, self._text = panel, engine, text
        self._rounding, self._versus, self._chosen = rounding, NO_VERSUS, ""
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._found: dict[str, TensorDamage] = {}
        self._outputs: dict[str, tuple[float, ...]] = {}
        self._measured: tuple[Rounding, ...] = (rounding,)
        self._number = 0
        self._job: Job | None = None
        self._progress: Progress | None = None
        self._told = ""
        self._timer = QTimer(self, interval=PERIOD_MS)
        self._connect()
        self._show()

    def set_checkpoint(self, checkpoint: Checkpoint | None) -> None:
        self._cancel()
        self._shapes = {} if checkpoint is None else {t.name: t.shape for t in matrices(checkpoint)}
        self._found, self._outputs, self._told = {}, {}, ""
        self._number += 1
        self._show()

    def set_rounding(self, rounding: Rounding) -> None:
        """What the next sweep measures."""
        self._rounding = rounding

    def set_chosen(self, name: str) -> None:
        self._chosen = name
        self._show()

    def names(self) -> tuple[str, ...]:
        return tuple(self._shapes)

    @Slot()
    def _start(self) -> None:
        if self._job is not None or not self._shapes:
            return
        versus = () if self._versus == NO_VERSUS else (Rounding.parse(self._versus),)
        self._measured, self._found, self._outputs = (self._rounding, *versus), {}, {}
        self._number += 1
        number, wish = self._number, SweepWish(self._number, self._measured, self._text())
        self._progress, self._told = Progress("waiting for the engine"), ""
        self._job = self._engine.run(
            lambda desk, cancel: sweep_tensors(desk, cancel, wish),
            lambda error: _ended(number, error),
            background=True,
        )
        self._timer.start()
        self._show()

    @Slot()
    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    @Slot(str)
    def _choose_versus(self, key: str) -> None:
        self._versus = key
        self._show()

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, Swept) and letter.sweep == self._number:
            self._found[letter.tensor.name] = letter.tensor
            self._outputs[letter.tensor.name] = letter.output
        elif isinstance(letter, SweepEnded):
            self._job = self._progress = None
            self._timer.stop()
            if letter.sweep == self._number:
                self._told = _told(letter, len(self._found))
            self._show()

    @Slot()
    def _poll(self) -> None:
        at = self._engine.take(TaskProgress)
        if at is not None and at.task == SWEEP and self._progress is not None:
            self._progress = Progress(at.stage, at.done, at.total)
        self._show()

    def _show(self) -> None:
        listed = Listed(self._shapes, self._found, self._measured, self._outputs)
        self._panel.set_frame(tensors_frame(listed, self._versus, self._progress, self._chosen, self._told))

    def _connect(self) -> None:
        self._timer.timeout.connect(self._poll)
        self._engine.told.connect(self._hear)
        self._panel.measure_requested.connect(self._start)
        self._panel.cancelled.connect(self._cancel)
        self._panel.versus_chosen.connect(self._choose_versus)


def _ended(number: int, error: Exception) -> SweepEnded:
    cancelled = isinstance(error, Cancelled)
    return SweepEnded(number, "" if cancelled else sentence_of(error), cancelled)


def _told(ended: SweepEnded, found: int) -> str:
    if ended.problem:
        return ended.problem
    if ended.cancelled:
        return f"stopped after {found} tensors"
    return f"{found} tensors in {ended.seconds:.1f} s, {ended.device_share:.0%} on the GPU"
