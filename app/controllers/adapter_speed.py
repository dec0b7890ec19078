"""Measuring the adapter: a task on the engine's thread with progress and a way out; its rates are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.adapter_speed import AdapterProgress, AdapterSpeed, NoAdapterSpeed
from app.calculator.speeds import OwnSpeed
from app.engine_thread import EngineThread, Job
from app.failures import sentence_of
from app.measured_rates import MeasuredRatesFile
from gpu.errors import Cancelled, QuantscopeError
from gpu.roofline import Rates
from views.frames.calculator import Progress

if TYPE_CHECKING:
    from app.engine_desk import Desk
    from gpu.device import AdapterInfo


class AdapterSpeedController(QObject):
    """`progress` while a measurement runs, `problem` why the last one failed, `own` what the open model
    reached; `changed` says that one of them did."""

    changed = Signal()

    def __init__(
        self, engine: EngineThread, file: MeasuredRatesFile | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._engine, self._file = engine, file
        self._job: Job | None = None
        self._unkept: dict[str, Rates] = {}
        self.progress: Progress | None = None
        self.problem = ""
        self.own: OwnSpeed | None = None
        engine.told.connect(self._hear)

    def rates(self, adapter: AdapterInfo) -> Rates | None:
        """What was measured of an adapter, now or before."""
        known = self._unkept.get(adapter.name)
        return known or (self._file.load(adapter) if self._file is not None else None)

    @Slot()
    def measure(self) -> None:
        if self.progress is None:
            self.problem = ""
            self.progress = Progress("Measuring bandwidth and integer products")
            self._job = self._engine.run(_measure, _no_speed)
            self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, AdapterProgress) and self.progress is not None:
            self.progress = Progress(self.progress.text, letter.done, letter.total)
        elif isinstance(letter, AdapterSpeed):
            self._end()
            self.own = letter.own
            self._keep(letter.adapter, letter.rates)
        elif isinstance(letter, NoAdapterSpeed):
            self._end()
            self.problem = letter.sentence
        else:
            return
        self.changed.emit()

    def _end(self) -> None:
        self.progress, self._job = None, None

    def _keep(self, adapter: AdapterInfo, rates: Rates) -> None:
        self._unkept[adapter.name] = rates
        try:
            if self._file is not None:
                self._file.save(adapter, rates)
        except QuantscopeError as error:
            self.problem = str(error)


def _no_speed(error: Exception) -> NoAdapterSpeed:
    return NoAdapterSpeed("" if isinstance(error, Cancelled) else sentence_of(error))


def _measure(desk: Desk, cancel: Callable[[], bool]) -> None:
    """Runs on the engine thread, which has the heavy imports done."""
    from app.tasks.adapter_speed import measure_adapter  # noqa: PLC0415 - it brings wgpu along

    measure_adapter(desk, cancel)
