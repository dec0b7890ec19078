"""The thresholds of LLM.int8()'s features and of massive activations, to be turned."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from views.fields import DecimalBox
from views.frames.outliers import CriteriaFrame
from views.theme import GAP
from views.widgets import label

_FIELDS = (  # field of the frame, name, suffix, range, step, row, column, what stands before it
    ("feature_magnitude", "Feature: least magnitude", "", (0.1, 1e6), 1.0, 0, 1, "Feature |x| ≥"),
    ("feature_tokens", "Feature: share of tokens", " %", (0.0, 100.0), 1.0, 0, 3, "at tokens"),
    ("feature_layers", "Feature: share of layers", " %", (0.0, 100.0), 5.0, 0, 5, "in layers"),
    ("massive_magnitude", "Massive: least magnitude", "", (0.1, 1e6), 10.0, 1, 1, "Massive |x| ≥"),
    ("massive_ratio", "Massive: times the median", " ×", (1.0, 1e6), 100.0, 1, 3, "and median"),
)


class CriteriaBar(QWidget):
    """`chosen` gives all of them, as a CriteriaFrame."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._frame = CriteriaFrame()
        self._boxes: dict[str, DecimalBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        for key, name, suffix, (low, high), step, row, column, before in _FIELDS:
            box = self._boxes[key] = DecimalBox(name, f"{name}; the verdicts follow at once")
            box.setRange(low, high)
            box.setSingleStep(step)
            box.setDecimals(0 if step >= 5 else 1)
            box.setSuffix(suffix)
            box.setKeyboardTracking(False)  # a number is taken once it is typed
            box.valueChanged.connect(lambda value, key=key: self._choose(key, value))
            grid.addWidget(label(before, "muted"), row, column - 1)
            grid.addWidget(box, row, column)
        grid.setColumnStretch(6, 1)
        self.set_frame(self._frame)

    def set_frame(self, frame: CriteriaFrame) -> None:
        self._frame = frame
        for key, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setValue(getattr(frame, key))

    def _choose(self, key: str, value: float) -> None:
        self._frame = replace(self._frame, **{key: value})
        self.chosen.emit(self._frame)
