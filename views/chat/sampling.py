"""The settings of the conversation, in a small window above its button."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from views.fields import ChoiceBox, DecimalBox, WholeBox
from views.frames import ComposerFrame, SamplingFrame
from views.text_field import TextField
from views.widgets import describe, label, push_button, tool_button

_WRITTEN_MS = 500
_SAME = 1e-9
_LARGEST = 2**31 - 1
_MOST_CANDIDATES, _MOST_TOKENS = 200_000, 1_000_000


class SamplingPopover(QFrame):
    """What the model is told first, presets, one field a setting, and what happens when the context is full.

    Every edit of a number is reported as a whole `SamplingFrame`.
    """

    changed = Signal(object)
    preset_chosen = Signal(str)
    system_prompt_changed = Signal(str)
    context_policy_chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("look", "card")
        self.setAccessibleName("Sampling")
        self._default = SamplingFrame()
        self._temperature = _decimal(
            "Temperature", "0 always takes the likeliest token; higher is more varied", 0, 5
        )
        self._top_k = _whole(
            "Top-k", "Only the k likeliest tokens can be drawn; 0 for no limit", "no limit", _MOST_CANDIDATES
        )
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
            "Seed", "The same seed gives the same answer again; otherwise each has its own", "fresh", _LARGEST
        )
        self._seed.setMinimum(-1)
        self._max_tokens = _whole(
            "Longest answer", "In tokens; the context sets the limit otherwise", "no limit", _MOST_TOKENS
        )
        self._resets: dict[DecimalBox | WholeBox, QToolButton] = {}
        self._presets = ChoiceBox("Preset", "Values that belong together")
        self._policy = ChoiceBox("When the context is full", "What happens when no more tokens fit")
        self._prompt = TextField()
        describe(self._prompt, "System prompt", "What the model is told before the conversation")
        self._prompt.setProperty("look", "field")
        self._prompt.setTabChangesFocus(True)
        self._prompt.setPlaceholderText("None")
        self._prompt.setFixedHeight(3 * self._prompt.fontMetrics().lineSpacing() + 10)
        self._written = QTimer(self, singleShot=True, interval=_WRITTEN_MS)
        self._lay_out()
        self._connect()

    def set_frame(self, frame: ComposerFrame) -> None:
        """Show the settings of the conversation; a prompt being written is left alone."""
        self.set_values(frame.sampling, frame.default_sampling)
        self._presets.set_choices(frame.presets, frame.preset)
        self._presets.setEnabled(bool(frame.presets))
        self._policy.set_choices(frame.context_policies, frame.context_policy)
        self._policy.setEnabled(bool(frame.context_policies))
        if frame.system_prompt != self._prompt.toPlainText() and not self._written.isActive():
            with QSignalBlocker(self._prompt):
                self._prompt.set_text(frame.system_prompt)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._written.isActive():
            self._written.stop()
            self._tell_prompt()

    def _tell_prompt(self) -> None:
        self.system_prompt_changed.emit(self._prompt.toPlainText())

    def _connect(self) -> None:
        self._presets.chosen.connect(self.preset_chosen)
        self._policy.chosen.connect(self.context_policy_chosen)
        self._prompt.textChanged.connect(self._written.start)
        self._written.timeout.connect(self._tell_prompt)

    def set_values(self, sampling: SamplingFrame, default: SamplingFrame) -> None:
        self._default = default
        if sampling != self.values():
            self._fill(sampling)
        self._show_resets()

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
        self._show_resets()
        self.changed.emit(self.values())

    def _show_resets(self) -> None:
        usual = dict(zip(self._boxes(), _numbers(self._default), strict=True))
        for box, button in self._resets.items():
            button.setEnabled(abs(box.value() - usual[box]) > _SAME)

    def _reset_one(self, box: DecimalBox | WholeBox) -> None:
        usual = dict(zip(self._boxes(), _numbers(self._default), strict=True))[box]
        if isinstance(box, DecimalBox):
            box.setValue(usual)
        else:
            box.setValue(round(usual))

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
        form.setVerticalSpacing(4)
        form.addRow(label("System prompt"))
        form.addRow(self._prompt)
        form.addRow(label("Preset"), self._presets)
        for box in self._boxes():
            title = label(box.accessibleName())
            title.setToolTip(box.toolTip())
            form.addRow(title, self._with_reset(box))
            box.valueChanged.connect(self._report)
        form.addRow(label("When the context is full"), self._policy)
        reset = push_button("Reset to the model's defaults", "Take the values the model was published with")
        reset.clicked.connect(self._reset)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(reset)

    def _with_reset(self, box: DecimalBox | WholeBox) -> QHBoxLayout:
        name = box.accessibleName()
        button = tool_button("", f"Reset {name[0].lower()}{name[1:]}", "inline", "retry")
        button.clicked.connect(lambda: self._reset_one(box))
        self._resets[box] = button
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(box, 1)
        row.addWidget(button)
        return row


def _numbers(frame: SamplingFrame) -> tuple[float, ...]:
    """The values of the fields in their order."""
    return (
        frame.temperature,
        frame.top_k,
        frame.top_p,
        frame.min_p,
        frame.repetition_penalty,
        frame.presence_penalty,
        -1 if frame.seed is None else frame.seed,
        frame.max_tokens or 0,
    )


def _decimal(name: str, tooltip: str, low: float, high: float) -> DecimalBox:
    box = DecimalBox(name, f"{tooltip} ({low:g} to {high:g})")
    box.setRange(low, high)
    box.setSingleStep(0.05)
    return box


def _whole(name: str, tooltip: str, none: str, high: int) -> WholeBox:
    """A whole number whose smallest value is spoken as `none`."""
    box = WholeBox(name, f"{tooltip} (up to {high:,})")
    box.setRange(0, high)
    box.setSpecialValueText(none)
    return box
