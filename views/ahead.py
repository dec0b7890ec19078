"""Work that waits until the window was painted, and is done before anybody waits for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget


class FirstPaint(QObject):
    """Tells, once, that a window is painted."""

    came = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self.came.emit()
        return False


class Ahead(QObject):
    """From `begin` on, takes a step whenever the window's thread has nothing else to do, until it is held."""

    def __init__(self, parent: QObject, steps: Sequence[Callable[[], object]]) -> None:
        super().__init__(parent)
        self._steps = deque(steps)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._step)

    @Slot()
    def begin(self) -> None:
        """Go on with what is left; what was asked for before comes first."""
        if self._steps:
            self._timer.start()

    @Slot(bool)
    def hold(self, held: bool) -> None:
        """Take no step until it is begun again; not held, it waits for that all the same."""
        if held:
            self._timer.stop()

    @Slot()
    def _step(self) -> None:
        self._steps.popleft()()
        if not self._steps:
            self._timer.stop()
