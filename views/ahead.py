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
    """From `begin` on, takes a step when the window's thread has nothing else to do, unless it is held.

    Before each it pauses, so that who goes to work meanwhile waits for one at most.
    """

    def __init__(self, parent: QObject, steps: Sequence[Callable[[], object]], pause_ms: int = 0) -> None:
        super().__init__(parent)
        self._steps = deque(steps)
        self._has_begun = self._is_held = False
        self._timer = QTimer(self, interval=pause_ms)
        self._timer.timeout.connect(self._step)

    @Slot()
    def begin(self) -> None:
        self._has_begun = True
        self._go_on()

    @Slot(bool)
    def hold(self, held: bool) -> None:
        self._is_held = held
        self._go_on()

    def _go_on(self) -> None:
        if self._steps and self._has_begun and not self._is_held:
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def _step(self) -> None:
        self._steps.popleft()()
        self._go_on()
