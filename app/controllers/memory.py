"""The memory: the ledger as the engine last reported it, about once a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.engine_thread import EngineThread
from app.messages import MemoryUse, ModelFacts
from app.presenters.memory import memory_frame
from views.memory import MemoryPanel

PERIOD_MS = 1000


class MemoryController(QObject):
    """Keeps the memory panel up to date, and tells what the model holds."""

    changed = Signal(object)  # MemoryUse

    def __init__(self, panel: MemoryPanel, engine: EngineThread) -> None:
        super().__init__(panel)
        self._panel, self._engine = panel, engine
        self._facts: ModelFacts | None = None
        self._use: MemoryUse | None = None
        self._timer = QTimer(self, interval=PERIOD_MS)
        self._timer.timeout.connect(self._poll)
        self._timer.start()

    def set_model(self, facts: ModelFacts | None) -> None:
        """What was reported of a model before it was known is shown again, now with its name."""
        self._facts = facts
        if facts is None:
            self._use = None
        self._panel.set_frame(memory_frame(self._use, facts))
        self._poll()

    @Slot()
    def _poll(self) -> None:
        use = self._engine.take(MemoryUse)
        if use is not None:
            self._use = use
            self._panel.set_frame(memory_frame(use, self._facts))
            self.changed.emit(use)
