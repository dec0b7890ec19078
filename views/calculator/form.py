"""The inputs in their groups, from top to bottom."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from views.calculator.field import Field
from views.drop import dropped_path
from views.frames.calculator import GroupFrame, InputsFrame, Progress
from views.theme import GAP
from views.widgets import ElidedLabel, as_card, describe, fit_to_text, label, make_as_wide, push_button

_WIDTH_BESIDE_NAMES = 224


class ProgressRow(QWidget):
    """What is under way, how far it is, and a way out."""

    cancelled = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._text = ElidedLabel("muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._cancel = push_button("Cancel", f"Stop {name.lower()}")
        self._cancel.clicked.connect(self.cancelled)
        describe(self._bar, name)
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(self._text)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(column, 1)
        row.addWidget(self._cancel)
        self.set_progress(None)

    def set_progress(self, progress: Progress | None) -> None:
        """None hides the row."""
        self.setVisible(progress is not None)
        if progress is not None:
            self._text.set_text(progress.text)
            self._bar.setRange(0, progress.total)
            self._bar.setValue(progress.done)

    def button(self) -> QPushButton:
        return self._cancel


class Form(QWidget):
    """Renders an `InputsFrame`. Fields keep their widgets as long as their keys stay the same, so that what
    is being typed into survives an update."""

    edited = Signal(str, str)
    locked = Signal(str, bool)
    acted = Signal(str)
    cancelled = Signal()
    dropped = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._groups: list[QWidget] = []
        self._fields: dict[str, Field] = {}
        self._shape: object = None
        self._column = QVBoxLayout()
        self._progress = ProgressRow("Reading headers")
        self._progress.cancelled.connect(self.cancelled)
        self.setAcceptDrops(True)
        self._lay_out()

    def set_frame(self, frame: InputsFrame) -> None:
        shape = tuple(
            (g.title, tuple((f.key, bool(f.choices), f.action) for f in g.fields)) for g in frame.groups
        )
        if shape != self._shape:
            self._shape = shape
            self._rebuild(frame.groups)
        for group in frame.groups:
            for field in group.fields:
                self._fields[field.key].set_frame(field)
        self._progress.set_progress(frame.progress)

    def field(self, key: str) -> Field:
        """The row of one input; KeyError if it is not on show."""
        return self._fields[key]

    def keys(self) -> tuple[str, ...]:
        return tuple(self._fields)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        fit_to_text(event, self, self._align)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_path(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_path(event.mimeData())
        if path:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def _rebuild(self, groups: tuple[GroupFrame, ...]) -> None:
        focused = next(
            (key for key, field in self._fields.items() if field.isAncestorOf(self.focusWidget())), ""
        )
        for widget in self._groups:
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._groups, self._fields = [], {}
        for index, group in enumerate(groups):
            widget = self._group(group)
            self._groups.append(widget)
            self._column.insertWidget(index, widget)
        if focused in self._fields:
            self._fields[focused].control().setFocus()
        self._align()

    def _align(self) -> None:
        """All controls begin beside the longest name."""
        self.setFixedWidth(_WIDTH_BESIDE_NAMES + make_as_wide([f.name() for f in self._fields.values()]))

    def _group(self, group: GroupFrame) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(5)
        column.addWidget(label(group.title, "strong"))
        for frame in group.fields:
            field = Field(frame)
            field.edited.connect(self.edited)
            field.locked.connect(self.locked)
            field.acted.connect(self.acted)
            self._fields[frame.key] = field
            column.addWidget(field)
        return box

    def _lay_out(self) -> None:
        as_card(self)
        inner = QWidget()
        inner.setLayout(self._column)
        self._column.setContentsMargins(12, 10, 12, 6)
        self._column.setSpacing(GAP)
        self._column.addWidget(self._progress)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        describe(scroll, "Inputs", "What the calculator reckons with")
        scroll.setToolTip("")
        scroll.setWidget(inner)
        scroll.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(scroll)
