"""One input of the calculator: its name, its control, a lock, and beneath it what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from views.fields import ChoiceBox
from views.frames.calculator import FieldFrame
from views.widgets import describe, label, push_button, tool_button

ON, OFF = "on", "off"


class Field(QWidget):
    """Renders a `FieldFrame`. The kind of control is settled by the first frame; a text that the person is
    writing is left alone as long as the frame says the same."""

    edited = Signal(str, str)
    locked = Signal(str, bool)
    acted = Signal(str)

    def __init__(self, frame: FieldFrame) -> None:
        super().__init__()
        self.key = frame.key
        self._name = label(frame.label, "muted")
        self._control = self._make_control(frame)
        self._lock = self._make_lock(frame) if frame.locked is not None else None
        self._button = push_button(frame.action, frame.action) if frame.action else None
        self._problem = label("", "danger", wrap=True)
        self._note = label("", "muted", wrap=True)
        self._lay_out()
        self.set_frame(frame)

    def set_frame(self, frame: FieldFrame) -> None:
        self._show_value(frame)
        describe(self._control, frame.label, frame.tooltip)
        self._name.setToolTip(frame.tooltip)
        self._control.setAccessibleDescription(frame.error)
        self._problem.setText(frame.error)
        self._problem.setVisible(bool(frame.error))
        self._note.setText(frame.note)
        self._note.setVisible(bool(frame.note) and not frame.error)
        if self._lock is not None:
            self._show_lock(frame)

    def name(self) -> QLabel:
        """What stands before the control."""
        return self._name

    def control(self) -> QWidget:
        """What the person types into, picks from or ticks."""
        return self._control

    def lock(self) -> QToolButton | None:
        return self._lock

    def error(self) -> str:
        return self._problem.text()

    def _make_control(self, frame: FieldFrame) -> QWidget:
        if frame.choices:
            box = ChoiceBox(frame.label, frame.tooltip)
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.chosen.connect(lambda key: self.edited.emit(self.key, key))
            return box
        if frame.value in (ON, OFF):
            tick = QCheckBox()
            tick.clicked.connect(lambda on: self.edited.emit(self.key, ON if on else OFF))
            return tick
        line = QLineEdit()
        line.setPlaceholderText(frame.placeholder)
        line.textEdited.connect(lambda text: self.edited.emit(self.key, text))
        line.returnPressed.connect(lambda: self.acted.emit(self.key))
        return line

    def _make_lock(self, frame: FieldFrame) -> QToolButton:
        button = tool_button("", f"Keep {frame.label.lower()} as it is", icon_name="lock")
        button.setCheckable(True)
        button.clicked.connect(lambda on: self.locked.emit(self.key, on))
        return button

    def _show_value(self, frame: FieldFrame) -> None:
        control = self._control
        if isinstance(control, ChoiceBox):
            control.set_choices(frame.choices, frame.value)
        elif isinstance(control, QCheckBox):
            control.setChecked(frame.value == ON)
        elif isinstance(control, QLineEdit):
            if control.text() != frame.value:
                control.setText(frame.value)
            look = "wrong" if frame.error else ""
            if control.property("look") != look:
                control.setProperty("look", look)
                control.style().unpolish(control)
                control.style().polish(control)

    def _show_lock(self, frame: FieldFrame) -> None:
        if self._lock is None or (self._lock.isChecked() == frame.locked and self._lock.toolTip()):
            return
        self._lock.setChecked(bool(frame.locked))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        self._name.setBuddy(self._control)
        grid.addWidget(self._name, 0, 0)
        grid.addWidget(self._control, 0, 1)
        for side in (self._button, self._lock):
            if side is not None:
                grid.addWidget(side, 0, 2)
        if self._button is not None:
            self._button.clicked.connect(lambda: self.acted.emit(self.key))
        grid.addWidget(self._problem, 1, 1, 1, 2)
        grid.addWidget(self._note, 2, 1, 1, 2)
        grid.setColumnStretch(1, 1)
