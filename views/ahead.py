"""Work that waits until the window was painted, and is done before anybody waits for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget


class Ahead(QObject):
    """Takes one step each time the window's thread has nothing else to do, once the window was painted."""

    def __init__(self, window: QWidget, steps: Sequence[Callable[[], object]]) -> None:
        super().__init__(window)
        self._steps = deque(steps)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._step)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self._timer.start()
        return False

    @Slot()
    def _step(self) -> None:
        if self._steps:
            self._steps.popleft()()
        else:
            self._timer.stop()
