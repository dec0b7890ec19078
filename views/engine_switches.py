"""How the engine works, in the File menu: two switches that most people never need."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from views.frames import SetupFrame


class EngineSwitches(QObject):
    """Each signal says what the person made of a switch."""

    tuning_toggled = Signal(bool)
    lookup_toggled = Signal(bool)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._tuning = self._switch(
            "&Tune kernels",
            "Time this adapter's kernels for a model once and take the fastest; without, safe ones serve. "
            "Changing it loads the model again",
        )
        self._lookup = self._switch(
            "&Guess ahead",
            "Guess tokens from what was written before and check several at once: the same answer, at times "
            "sooner. Not while a panel reads the activations",
        )
        self._tuning.triggered.connect(self.tuning_toggled)
        self._lookup.triggered.connect(self.lookup_toggled)

    def actions(self) -> list[QAction]:
        return [self._tuning, self._lookup]

    def set_frame(self, frame: SetupFrame) -> None:
        self._tuning.setChecked(frame.tunes)
        self._tuning.setEnabled(frame.enabled)
        self._lookup.setChecked(frame.looks_up)

    def _switch(self, text: str, tip: str) -> QAction:
        action = QAction(text, self, checkable=True)
        action.setToolTip(tip)
        return action
