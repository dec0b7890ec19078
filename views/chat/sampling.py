"""How the next token is drawn, in a small window above its button."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QVBoxLayout, QWidget

from views.fields import DecimalBox, WholeBox
from views.frames import SamplingFrame
from views.widgets import label, push_button

_LARGEST = 2**31 - 1


class SamplingPopover(QFrame):
    """One field per setting; every edit is reported as a whole `SamplingFrame`."""

    changed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("look", "card")
        self.setAccessibleName("Sampling")
        self._default = SamplingFrame()
        self._temperature = _decimal(
            "Temperature", "0 always takes the likeliest token; higher is more varied", 0, 5
        )
        self._top_k = _whole("Top-k", "Only the k likeliest tokens can be drawn; 0 for no limit", "no limit")
        self._top_p = _decimal(
            "Top-p", "Only the likeliest tokens that together reach this probability", 0, 1
        )
        self._min_p = _decimal("Min-p", "Only tokens at least this share as likely as the likeliest", 0, 1)
        self._repetition = _decimal(
            "Repetition penalty",
            "Above 1 makes tokens already in the text less likely (divides their score)",
            0.1,
            5,
        )
        self._presence = _decimal(
            "Presence penalty", "Subtracted from the score of tokens already in the answer", -5, 5
        )
        self._seed = _whole(
            "Seed", "The same seed gives the same answer again; a fresh one is drawn each time", "fresh"
        )
        self._seed.setMinimum(-1)
        self._max_tokens = _whole(
            "Longest answer", "In tokens; the context sets the limit otherwise", "no limit"
        )
        self._lay_out()

    def set_values(self, sampling: SamplingFrame, default: SamplingFrame) -> None:
        self._default = default
        if sampling != self.values():
            self._fill(sampling)

    def values(self) -> SamplingFrame:
        """What the fields say."""
        seed, longest = self._seed.value(), self._max_tokens.value()
        return SamplingFrame(
            temperature=self._temperature.value(),
            top_k=self._top_k.value(),
            top_p=self._top_p.value(),
            min_p=self._min_p.value(),
            repetition_penalty=self._repetition.value(),
            presence_penalty=self._presence.value(),
            seed=None if seed < 0 else seed,
            max_tokens=longest or None,
        )

    def popup_above(self, button: QWidget) -> None:
        """Open with the lower left corner at the top of `button`, inside the screen."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(0, -self.height() - 4))
        available = button.screen().availableGeometry()
        corner.setY(max(available.top(), corner.y()))
        corner.setX(max(available.left(), min(corner.x(), available.right() - self.width())))
        self.move(corner)
        self.show()
        self._temperature.setFocus()

    def _fill(self, sampling: SamplingFrame) -> None:
        blockers = [QSignalBlocker(box) for box in self._boxes()]
        self._temperature.setValue(sampling.temperature)
        self._top_k.setValue(sampling.top_k)
        self._top_p.setValue(sampling.top_p)
        self._min_p.setValue(sampling.min_p)
        self._repetition.setValue(sampling.repetition_penalty)
        self._presence.setValue(sampling.presence_penalty)
        self._seed.setValue(-1 if sampling.seed is None else sampling.seed)
        self._max_tokens.setValue(sampling.max_tokens or 0)
        for blocker in blockers:
            blocker.unblock()

    def _reset(self) -> None:
        self._fill(self._default)
        self._report()

    def _report(self) -> None:
        self.changed.emit(self.values())

    def _boxes(self) -> tuple[DecimalBox | WholeBox, ...]:
        return (
            self._temperature,
            self._top_k,
            self._top_p,
            self._min_p,
            self._repetition,
            self._presence,
            self._seed,
            self._max_tokens,
        )

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for box in self._boxes():
            title = label(box.accessibleName())
            title.setToolTip(box.toolTip())
            form.addRow(title, box)
            box.valueChanged.connect(self._report)
        reset = push_button("Reset to the model's defaults", "Take the values the model was published with")
        reset.clicked.connect(self._reset)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(reset)


def _decimal(name: str, tooltip: str, low: float, high: float) -> DecimalBox:
    box = DecimalBox(name, tooltip)
    box.setRange(low, high)
    box.setSingleStep(0.05)
    return box


def _whole(name: str, tooltip: str, none: str) -> WholeBox:
    """A whole number whose smallest value is spoken as `none`."""
    box = WholeBox(name, tooltip)
    box.setRange(0, _LARGEST)
    box.setSpecialValueText(none)
    return box
