"""Activations captured at the sites that tensors read, kept until another model is opened."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, Slot

from app.engine_thread import EngineThread, Job
from app.failures import sentence_of
from app.tasks.tensors import Captured, CaptureFailed, CaptureWish, capture_site, site_of
from gpu.errors import Cancelled


class SiteCaptures(QObject):
    """One capture at a time, in the background. `changed` tells that one came, began or failed."""

    changed = Signal(bool)  # whether there is something new to measure with

    def __init__(self, engine: EngineThread, text: Callable[[], str], parent: QObject) -> None:
        super().__init__(parent)
        self._engine, self._text = engine, text
        self._values: dict[str, npt.NDArray[np.float32]] = {}
        self._job: Job | None = None
        self._problem = ""
        engine.told.connect(self._hear)

    def forget(self) -> None:
        """Another model is open."""
        self._values.clear()
        self._problem = ""

    def of(self, tensor: str) -> npt.NDArray[np.float32] | None:
        """float32 [tokens, channels] of what the tensor reads; None until it is captured."""
        return self._values.get(site_of(tensor))

    def can_start(self, tensor: str) -> bool:
        return bool(site_of(tensor)) and self._job is None

    def start(self, tensor: str) -> None:
        """Run the text and keep what this tensor reads."""
        if not self.can_start(tensor):
            return
        wish = CaptureWish(site_of(tensor), self._text())
        self._job = self._engine.run(
            lambda desk, cancel: capture_site(desk, cancel, wish),
            lambda error: CaptureFailed("" if isinstance(error, Cancelled) else sentence_of(error)),
            background=True,
        )
        self.changed.emit(False)

    def hint(self, tensor: str) -> str:
        """What a person should know who sees no figures yet."""
        if self._job is not None:
            return "Capturing activations…"
        if not tensor:
            return "Choose a tensor to see what its rounding does to the layer's output."
        if not site_of(tensor):
            return "No captured site feeds this tensor."
        run = "Run a text through the model and see what this tensor's rounding does to the layer's output."
        return self._problem or run

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, Captured):
            self._job, self._problem = None, ""
            self._values[letter.site] = letter.values
            self.changed.emit(True)
        elif isinstance(letter, CaptureFailed):
            self._job, self._problem = None, letter.sentence
            self.changed.emit(False)
