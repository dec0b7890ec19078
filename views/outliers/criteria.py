"""The thresholds behind a verdict, to be turned where the verdict is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from views.fields import DecimalBox
from views.frames.outliers import CriteriaFrame, MatchFrame
from views.theme import GAP
from views.widgets import label

_LEAST_BOX_PX = 64  # where room is short the numbers' boxes give way, not the words before them


@dataclass(frozen=True)
class Threshold:
    """One number: the field of the frame that holds it, its name, what stands before and behind it, its least
    and most, its step, and where it lies."""

    key: str
    name: str
    before: str
    suffix: str
    limits: tuple[float, float]
    step: float
    row: int = 0
    place: int = 0


CRITERIA = (
    Threshold("feature_magnitude", "Feature: least magnitude", "Feature |x| ≥", "", (0.1, 1e6), 1.0),
    Threshold("feature_tokens", "Feature: share of tokens", "at tokens", "%", (0.0, 100.0), 1.0, place=1),
    Threshold("feature_layers", "Feature: share of layers", "in layers", "%", (0.0, 100.0), 5.0, place=2),
    Threshold("massive_magnitude", "Massive: least magnitude", "Massive |x| ≥", "", (0.1, 1e6), 10.0, 1),
    Threshold("massive_ratio", "Massive: times the median", "and median", " ×", (1.0, 1e6), 100.0, 1, 1),
)
MATCH = (
    Threshold("changed", "Beyond: times the range", "Beyond range ≥", " ×", (1.1, 1000.0), 0.5),
    Threshold("matching", "Matches: share of channels beyond", "Matches <", "%", (0.1, 100.0), 0.5, place=1),
    Threshold(
        "mostly", "Mostly matches: share of channels beyond", "Mostly <", "%", (0.1, 100.0), 1.0, place=2
    ),
)


Frame = CriteriaFrame | MatchFrame


class ThresholdBar(QWidget):
    """`chosen` gives all of them, as the frame they are fields of."""

    chosen = Signal(object)

    def __init__(self, thresholds: tuple[Threshold, ...], frame: Frame) -> None:
        super().__init__()
        self._frame = frame
        self._boxes: dict[str, DecimalBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        for each in thresholds:
            box = self._boxes[each.key] = self._box(each)
            grid.addWidget(label(each.before, "muted"), each.row, 2 * each.place)
            grid.addWidget(box, each.row, 2 * each.place + 1)
        grid.setColumnStretch(6, 1)
        self.set_frame(frame)

    def set_frame(self, frame: Frame) -> None:
        self._frame = frame
        for key, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setValue(getattr(frame, key))

    def _box(self, each: Threshold) -> DecimalBox:
        box = DecimalBox(each.name, f"{each.name}; the verdicts follow at once")
        box.setMinimumWidth(_LEAST_BOX_PX)
        box.setRange(*each.limits)
        box.setSingleStep(each.step)
        box.setDecimals(0 if each.step >= 5 else 1)
        box.setSuffix(each.suffix)
        box.setKeyboardTracking(False)  # a number is taken once it is typed
        box.valueChanged.connect(lambda value: self._choose(each.key, value))
        return box

    def _choose(self, key: str, value: float) -> None:
        self._frame = replace(self._frame, **{key: value})  # type: ignore[arg-type]
        self.chosen.emit(self._frame)
