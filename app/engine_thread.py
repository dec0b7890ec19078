"""The one thread that owns the GPU device: jobs go in, letters come back through a queued signal."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.failures import load_failure, sentence_of
from app.mailbox import Dense, Mailbox, Post
from app.messages import Adapters, Failure, ModelFacts, ModelWish, Notice, Question
from gpu.errors import Cancelled
from gpu.events import Failed

if TYPE_CHECKING:  # keeps wgpu out of the window's first second
    from app.engine_desk import Desk

Cancel = Callable[[], bool]
Task = Callable[["Desk", Cancel], None]
_NICENESS = 5


class Engine(Protocol):
    """What the thread drives. Every method runs on that thread, posts letters, and may raise."""

    def survey(self) -> None: ...
    def open(self, wish: ModelWish, cancel: Cancel) -> None: ...
    def prepare(self, cancel: Cancel) -> None: ...
    def answer(self, run_id: int, question: Question, cancel: Cancel) -> None: ...
    def read(self, run_id: int, site: str) -> None: ...
    def perform(self, task: Task, cancel: Cancel) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, eq=False)
class Job:
    """One thing to do on the thread, the letter that says it failed, and its own cancel flag.

    A job that `holds` the engine makes a question wait; others give way to it.
    """

    work: Callable[[Engine, Cancel], None]
    on_error: Callable[[Exception], object]
    holds: bool = False
    cancelled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        self.cancelled.set()


@dataclass(frozen=True)
class _Done:
    job: Job


class EngineThread(QObject):
    """Runs jobs one after the other. All signals are emitted on the thread this object lives in.

    `make_engine` is called on the engine thread, so that what it imports does not delay the window. Letters
    of any run but the newest are dropped here. Dense ones (statistics, speeds, progress, memory) are not
    signalled: timers `take` the newest of them.
    """

    surveyed = Signal(object)  # Adapters
    loaded = Signal(object)  # ModelFacts
    failed = Signal(object)  # Failure
    noticed = Signal(object)  # Notice
    said = Signal(object)  # Event | Wrote, of the newest run
    told = Signal(object)  # what tasks post
    held_changed = Signal(bool)  # whether a task is at work that a question would have to wait for
    idle = Signal()  # the last job is done
    _woken = Signal()

    def __init__(self, make_engine: Callable[[Post], Engine], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox(self._woken.emit)
        self._make_engine = make_engine
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._unfinished: list[Job] = []
        self._run_id = 0
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        return not self._unfinished

    @property
    def is_held(self) -> bool:
        return any(job.holds for job in self._unfinished)

    def take(self, kind: type[Dense]) -> Dense | None:
        """The newest of a dense kind, once."""
        letter = self._mailbox.take(kind)
        return None if letter is None or self._is_stale(letter) else letter

    def start(self) -> None:
        self._thread.start()
        self._submit(Job(lambda engine, _: engine.survey(), _failure))

    def open(self, wish: ModelWish) -> None:
        """Load a model; what is running or waiting is cancelled first."""
        self.cancel()
        self._submit(
            Job(
                lambda engine, cancel: engine.open(wish, cancel),
                lambda error: load_failure(error, wish),
            )
        )

    def prepare(self) -> None:
        """Compile kernels while nothing is asked; a question ends it."""
        self._submit(Job(lambda engine, cancel: engine.prepare(cancel), _failure))

    def ask(self, question: Question) -> int:
        """Continue a conversation; the number returned comes back in every letter about it."""
        self.cancel()
        self._run_id += 1
        run_id = self._run_id
        self._submit(
            Job(
                lambda engine, cancel: engine.answer(run_id, question, cancel),
                lambda error: Failed(run_id, sentence_of(error)),
            )
        )
        return run_id

    def read(self, site: str) -> None:
        """Fetch the statistics of one site, as the newest run left them."""
        run_id = self._run_id
        self._submit(
            Job(
                lambda engine, _: engine.read(run_id, site),
                _failure,
            )
        )

    def run(
        self, task: Task, on_error: Callable[[Exception], object] | None = None, *, background: bool = False
    ) -> Job:
        """Have a task done; its letters come through `told`, its failure as the letter `on_error` makes.

        One in the background is cancelled by the next question or model, and no question waits for it.
        """
        job = Job(
            lambda engine, cancel: engine.perform(task, cancel), on_error or _failure, holds=not background
        )
        self._submit(job)
        return job

    def cancel(self) -> None:
        """Ask whatever is running or waiting to end soon; each job still says how it ended."""
        for job in self._unfinished:
            job.cancel()

    def stop(self, timeout_s: float) -> bool:
        """Cancel, free the device and end the thread; False if that took longer than `timeout_s`."""
        if self._thread.ident is None:
            return True  # it was never started
        self.cancel()
        self._jobs.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _submit(self, job: Job) -> None:
        was_held = self.is_held
        self._unfinished.append(job)
        self._jobs.put(job)
        if self.is_held != was_held:
            self.held_changed.emit(True)

    @Slot()
    def _deliver(self) -> None:
        """On the window's thread: hand out what has come."""
        signals = {
            Adapters: self.surveyed,
            ModelFacts: self.loaded,
            Failure: self.failed,
            Notice: self.noticed,
        }
        for letter in self._mailbox.collect():
            if isinstance(letter, _Done):
                self._end(letter.job)
            elif type(letter) in signals:
                signals[type(letter)].emit(letter)
            elif not hasattr(letter, "run_id"):
                self.told.emit(letter)
            elif not self._is_stale(letter):
                self.said.emit(letter)

    def _end(self, job: Job) -> None:
        was_held = self.is_held
        self._unfinished.remove(job)
        if self.is_held != was_held:
            self.held_changed.emit(False)
        if self.is_idle:
            self.idle.emit()

    def _is_stale(self, letter: object) -> bool:
        return getattr(letter, "run_id", self._run_id) != self._run_id

    def _run(self) -> None:
        """The thread: its engine is made, used and closed nowhere else."""
        _step_back()
        engine: Engine | None = None
        while (job := self._jobs.get()) is not None:
            try:
                engine = engine or self._make_engine(self._mailbox.post)
                job.work(engine, job.cancelled.is_set)
            except Exception as error:  # whatever it was, the person is told and the thread lives on
                self._mailbox.post(job.on_error(error))
            self._mailbox.post(_Done(job))
        if engine is not None:
            engine.close()


def _step_back() -> None:
    """Let the window go first where both want a processor. The threads of a software adapter inherit it."""
    if sys.platform == "linux":  # where each thread has a niceness of its own
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS)


def _failure(error: Exception) -> Failure:
    return Failure("cancelled" if isinstance(error, Cancelled) else "other", sentence_of(error))
