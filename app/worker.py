"""A thread beside the window's for arithmetic and downloads: the newest task counts, older ones give way."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

Cancel = Callable[[], bool]
Post = Callable[[object], None]
Task = Callable[[Post, Cancel], None]


class Worker(QObject):
    """Runs tasks one after the other; of those that wait only the newest stays.

    What a task posts comes out of `told`, what it raises out of `failed`, and that it ended out of `ended`,
    all on the thread this object lives in. A task that is no longer the newest has its `cancel` say so, and
    may post all the same. The thread starts with the first task.
    """

    told = Signal(object)
    failed = Signal(object)  # Exception
    ended = Signal()
    _woken = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._letters: deque[tuple[str, object]] = deque()
        self._change = threading.Condition()
        self._waiting: Task | None = None
        self._cancelled = threading.Event()
        self._busy = self._stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        """Nothing runs, nothing waits, and everything was delivered."""
        with self._change:
            return not self._busy and self._waiting is None and not self._letters

    def run(self, task: Task) -> None:
        """Do this next, in place of whatever waits."""
        with self._change:
            self._cancelled.set()
            self._waiting = task
            self._change.notify()
        if self._thread.ident is None:
            self._thread.start()

    def cancel(self) -> None:
        """Ask the running task to end and drop the one that waits."""
        with self._change:
            self._cancelled.set()
            self._waiting = None

    def stop(self, timeout_s: float) -> bool:
        """Cancel and end the thread; False if that took longer than `timeout_s`."""
        with self._change:
            self._cancelled.set()
            self._waiting, self._stopped = None, True
            self._change.notify()
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _next(self) -> tuple[Task, Cancel] | None:
        with self._change:
            self._change.wait_for(lambda: self._stopped or self._waiting is not None)
            task, self._waiting = self._waiting, None
            if task is None:
                return None
            self._busy = True
            self._cancelled = threading.Event()
            return task, self._cancelled.is_set

    def _run(self) -> None:
        while (job := self._next()) is not None:
            task, cancel = job
            try:
                task(lambda letter: self._post("told", letter), cancel)
            except Exception as error:  # whatever it was, the window is told and the thread lives on
                self._post("failed", error)
            with self._change:  # so that whoever hears of the end finds nothing running
                self._busy = False
                self._post("ended", None)

    def _post(self, kind: str, letter: object) -> None:
        self._letters.append((kind, letter))
        if not self._stopped:
            self._woken.emit()

    @Slot()
    def _deliver(self) -> None:
        for _ in range(len(self._letters)):
            kind, letter = self._letters.popleft()
            if kind == "ended":
                self.ended.emit()
            else:
                (self.told if kind == "told" else self.failed).emit(letter)
