"""Side by side: one prompt, two schemes, and the first token at which they part marked in both."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from views.chat.prompt_edit import PromptEdit
from views.chat.token_text import TokenText
from views.fields import ChoiceBox, WholeBox
from views.frames.compare import ColumnFrame, CompareFrame
from views.theme import GAP, Theme
from views.widgets import as_card, describe, label, push_button, tool_button

_LARGEST_SEED = 2**31 - 1
_MOST_TOKENS = 32_768


class ComparePanel(QWidget):
    """`run_requested` carries the prompt; columns are 0 at the left and 1 at the right."""

    run_requested = Signal(str)
    stop_requested = Signal()
    scheme_chosen = Signal(int, str)
    seed_changed = Signal(int)
    greedy_toggled = Signal(bool)
    max_tokens_changed = Signal(int)
    token_opened = Signal(int, int, QRect)  # column, index of the token, where it is on the screen

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._frame = CompareFrame()
        self._prompt = PromptEdit()
        describe(self._prompt, "Prompt", "What both schemes answer. Enter runs them.")
        self._seed = WholeBox("Seed", "Both columns draw with the same random numbers")
        self._seed.setRange(0, _LARGEST_SEED)
        self._most = WholeBox("Longest answer", "Tokens at most, in each column")
        self._most.setRange(1, _MOST_TOKENS)
        self._greedy = tool_button(
            "Greedy", "Always take the likeliest token, so that nothing is left to chance", "plain"
        )
        self._greedy.setCheckable(True)
        self._run = push_button("Compare", "Answer the prompt under both schemes (Enter)", "primary")
        self._stop = push_button("Stop", "Stop both columns (Escape)", "plain", "stop")
        self._verdict = label("", "muted", wrap=True)
        self._columns = (Column(theme, "Left"), Column(theme, "Right"))
        self._lay_out()
        self._connect()
        self.set_frame(self._frame)

    def set_frame(self, frame: CompareFrame) -> None:
        self._frame = frame
        self._prompt.set_hint(frame.hint)
        self._run.setVisible(not frame.can_stop)
        self._stop.setVisible(frame.can_stop)
        self._verdict.setText(frame.verdict)
        with QSignalBlocker(self._seed), QSignalBlocker(self._most), QSignalBlocker(self._greedy):
            self._seed.setValue(frame.seed)
            self._most.setValue(frame.max_tokens)
            self._greedy.setChecked(frame.is_greedy)
        self._seed.setEnabled(not frame.is_greedy and not frame.can_stop)
        for part in (self._greedy, self._most):
            part.setEnabled(not frame.can_stop)
        for column, shown in zip(self._columns, frame.columns, strict=True):
            column.set_frame(shown, fixed=frame.can_stop)
        self._enable_run()

    def columns(self) -> tuple[Column, Column]:
        return self._columns

    def verdict(self) -> str:
        return self._verdict.text()

    def run(self) -> None:
        """Compare, if there is a prompt and a model to answer it."""
        text = self._prompt.toPlainText().strip()
        if text and self._frame.can_run:
            self.run_requested.emit(text)

    def stop(self) -> None:
        if self._frame.can_stop:
            self.stop_requested.emit()

    def _enable_run(self) -> None:
        self._run.setEnabled(self._frame.can_run and bool(self._prompt.toPlainText().strip()))

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("look", "card")
        options = QHBoxLayout()
        options.setSpacing(GAP)
        for part in (self._greedy, label("Seed", "muted"), self._seed, label("At most", "muted"), self._most):
            options.addWidget(part)
        options.addWidget(label("tokens", "muted"))
        options.addStretch()
        options.addWidget(self._run)
        options.addWidget(self._stop)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(10, 8, 8, 8)
        inside.addWidget(self._prompt)
        inside.addLayout(options)
        sides = QHBoxLayout()
        sides.setSpacing(GAP)
        for column in self._columns:
            sides.addWidget(column, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(8, 0, 8, 8)
        page.setSpacing(GAP)
        page.addWidget(card)
        page.addWidget(self._verdict)
        page.addLayout(sides, 1)

    def _connect(self) -> None:
        self._prompt.submitted.connect(self.run)
        self._prompt.escaped.connect(self.stop)
        self._prompt.pasted.connect(self._prompt.insertPlainText)
        self._prompt.textChanged.connect(self._enable_run)
        self._run.clicked.connect(self.run)
        self._stop.clicked.connect(self.stop)
        self._seed.valueChanged.connect(self.seed_changed)
        self._most.valueChanged.connect(self.max_tokens_changed)
        self._greedy.toggled.connect(self.greedy_toggled)
        for number, column in enumerate(self._columns):
            column.scheme_chosen.connect(lambda key, number=number: self.scheme_chosen.emit(number, key))
            column.opened.connect(
                lambda index, place, number=number: self.token_opened.emit(number, index, place)
            )


class Column(QWidget):
    """A scheme, how fast it is, and what it says; follows the newest words unless scrolled up."""

    scheme_chosen = Signal(str)
    opened = Signal(int, QRect)

    def __init__(self, theme: Theme, side: str) -> None:
        super().__init__()
        as_card(self)
        self._scheme = ChoiceBox(f"{side} scheme", "How the model is held for this column")
        self._note = label("", "muted", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.text = TokenText(theme)
        self.text.setAccessibleName(f"{side} answer, token by token")
        self._area = QScrollArea()
        self._follow = True
        self._scheme.chosen.connect(self.scheme_chosen)
        self.text.opened.connect(self.opened)
        bar = self._area.verticalScrollBar()
        bar.valueChanged.connect(lambda at: setattr(self, "_follow", at >= bar.maximum() - 8))
        bar.rangeChanged.connect(lambda _low, high: bar.setValue(high) if self._follow else None)
        self._lay_out()

    def set_frame(self, frame: ColumnFrame, fixed: bool) -> None:
        """`fixed`: the scheme cannot be changed now."""
        self._scheme.set_choices(frame.schemes, frame.scheme)
        self._scheme.setEnabled(bool(frame.schemes) and not fixed)
        self._note.setText(frame.note)
        self.text.set_tokens(frame.tokens)

    def note(self) -> str:
        return self._note.text()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)
        column.addStretch()
        self._area.setWidget(inside)
        for part in (inside, self._area.viewport()):
            part.setAutoFillBackground(False)  # the card shows through
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard walks through the tokens
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        head = QHBoxLayout()
        head.addWidget(self._scheme)
        head.addWidget(self._note, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(10, 8, 10, 8)
        page.addLayout(head)
        page.addWidget(self._area, 1)
