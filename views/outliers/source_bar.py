"""What to capture, how far it is, and the captures at hand."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from views.fields import ChoiceBox
from views.frames.outliers import SourceFrame
from views.theme import GAP
from views.widgets import ElidedLabel, describe, push_button, tool_button


class SourceBar(QWidget):
    """The first row of the outlier browser."""

    source_chosen = Signal(str)
    text_changed = Signal(str)
    capture_requested = Signal()
    cancel_requested = Signal()
    capture_chosen = Signal(str)
    keeps_toggled = Signal(bool)
    sinks_toggled = Signal(bool)
    close_requested = Signal()
    open_requested = Signal()
    save_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._frame = SourceFrame()
        self._source = ChoiceBox("Text", "What the model reads while every channel is watched")
        self._text = QLineEdit()
        describe(self._text, "Typed text", "The text to run through the model, as it is")
        self._text.setPlaceholderText("Text to run through the model")
        self._go = push_button("Capture", "Run the text and keep statistics of every channel", "primary")
        self._keeps = tool_button(
            "Token values", "Also keep every token's values of this kind of site, 512 MiB at most"
        )
        self._sinks = tool_button("Attention", "Also measure where attention goes; takes about as long again")
        self._capture = ChoiceBox("Capture", "Which capture is on show")
        self._close = tool_button("", "Close this capture: its memory is given back", "inline", "close")
        self._open = tool_button("Open…", "Open a capture; it needs no model")
        self._save = tool_button("Save…", "Save this capture as one file")
        self._progress = QProgressBar()
        self._note = ElidedLabel("muted")
        self._lay_out()
        self._connect()

    def set_frame(self, frame: SourceFrame) -> None:
        self._frame = frame
        self._source.set_choices(frame.sources, frame.source)
        self._capture.set_choices(frame.captures, frame.capture)
        for widget in (self._capture, self._close):
            widget.setVisible(bool(frame.captures))
        self._text.setVisible(frame.source == "typed")
        if self._text.text() != frame.text:
            self._text.setText(frame.text)
        for button, is_on in ((self._keeps, frame.keeps), (self._sinks, frame.sinks)):
            with QSignalBlocker(button):
                button.setChecked(is_on)
        self._go.setText("Cancel" if frame.running else "Capture")
        self._go.setEnabled(frame.enabled or frame.running)
        self._progress.setVisible(frame.running)
        self._progress.setValue(round(frame.progress * 100))
        self._save.setEnabled(bool(frame.capture))
        look = "danger" if frame.is_error else "muted"
        if self._note.property("look") != look:
            self._note.setProperty("look", look)
            self._note.style().polish(self._note)
        self._note.set_text(frame.note)

    def note(self) -> str:
        return self._note.whole_text()

    def _lay_out(self) -> None:
        for button in (self._keeps, self._sinks):
            button.setCheckable(True)
        self._progress.setFixedWidth(110)
        self._progress.setTextVisible(False)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for widget in (self._source, self._text, self._go, self._progress, self._keeps, self._sinks):
            row.addWidget(widget, 1 if widget is self._text else 0)
        row.addStretch()
        for widget in (self._capture, self._close, self._open, self._save):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._note)

    def _connect(self) -> None:
        self._source.chosen.connect(self.source_chosen)
        self._text.textEdited.connect(self.text_changed)
        self._text.returnPressed.connect(self._run)
        self._go.clicked.connect(self._run)
        self._capture.chosen.connect(self.capture_chosen)
        self._keeps.toggled.connect(self.keeps_toggled)
        self._sinks.toggled.connect(self.sinks_toggled)
        self._close.clicked.connect(self.close_requested)
        self._open.clicked.connect(self.open_requested)
        self._save.clicked.connect(self.save_requested)

    def _run(self) -> None:
        if self._frame.running:
            self.cancel_requested.emit()
        elif self._frame.enabled:
            self.capture_requested.emit()
