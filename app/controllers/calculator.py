"""The calculator: holds what the person asked, has it reckoned on a thread of its own, shows what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.calculator.answers import Answer, Question, answer
from app.calculator.moves import Drag, Step
from app.calculator.reading import Reading, Surroundings, read_wishes
from app.calculator.rooms import THIS_MACHINE, Room, rooms_for
from app.calculator.speeds import OwnSpeed
from app.calculator.wishes import FILE, HUB, LOADED, Wishes
from app.catalogue import Card
from app.controllers.calculator_pages import CalculatorPages
from app.controllers.calculator_source import SubjectSource
from app.failures import sentence_of
from app.presenters.calculator_inputs import LOCKS, Situation, inputs_frame
from app.presenters.calculator_memory import copied_text
from app.worker import Worker
from gpu.calculator.inputs import CalculatorInputs
from gpu.scheme import Scheme
from views.calculator import CalculatorPanel
from views.frames.calculator import SpeedFrame, TruthFrame, VerdictFrame

PAUSE_MS = 150
_SOURCE_FIELDS = ("source", "path", "repo", "params", "layers", "kv_heads", "head_dim")


class CalculatorController(QObject):
    """Every change of the inputs becomes a `Question`; while a field is wrong, the last answer stays on show.

    `choose_file` asks the person for a checkpoint; empty if they chose none.
    """

    file_wanted = Signal()

    def __init__(self, panel: CalculatorPanel, source: SubjectSource, cards: Sequence[Card]) -> None:
        super().__init__(panel)
        self._panel, self._source, self._cards = panel, source, cards
        self._wishes = Wishes(card=cards[0].name if cards else "")
        self._machine: Room | None = None
        self._around = Surroundings()
        self._loaded_name = ""
        self._reading = Reading(None)
        self._answer: Answer | None = None
        self._held: CalculatorInputs | None = None  # what a move began from
        self._steps: Step | None = None
        self._what: Drag | Step | None = None
        self._is_dragging = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._revision = 0
        self._problem = ""
        self._pages = CalculatorPages(panel)
        self._own_speed: OwnSpeed | None = None
        self.worker = Worker("calculator", self)
        self._connect()
        self._follow_source()

    @property
    def wishes(self) -> Wishes:
        """What the person asked, as text."""
        return self._wishes

    @property
    def answer(self) -> Answer | None:
        """The newest answer."""
        return self._answer

    @property
    def is_settled(self) -> bool:
        """Whether everything asked has been answered and shown."""
        return self.worker.is_idle and self._source.worker.is_idle and not self._pause.isActive()

    def set_machine(self, room: Room | None) -> None:
        """The adapter of this machine; the verdict is about it unless the person chose another card."""
        first = self._machine is None and room is not None
        self._machine = room
        if first:
            self._wishes = replace(self._wishes, card=THIS_MACHINE)
        self._ask()

    def set_loaded(self, name: str, inputs: CalculatorInputs | None) -> None:
        """The model that is open, as it was loaded; it is reckoned with from then on."""
        self._loaded_name = name
        if inputs is not None:
            self._around = Surroundings(inputs.device, inputs.driver_bytes)
            self._wishes = replace(self._wishes.following(inputs), source=LOADED)
        elif self._wishes.source == LOADED:
            self._wishes = replace(self._wishes, source=Wishes().source)
        self._source.set_loaded(inputs.subject if inputs is not None else None)
        self._follow_source()

    def ask_about(self, model: str, scheme: Scheme, context_tokens: int | None) -> None:
        """Reckon with a checkpoint on this machine, held in one way."""
        held = self._wishes.held_as(scheme)
        if context_tokens is not None:
            held = held.with_value("context", str(context_tokens))
        self._wishes = replace(held, source=FILE, path=model)
        self._follow_source()

    def set_problem(self, sentence: str) -> None:
        """Something the person should know beside the picker of cards."""
        self._problem = sentence
        self._show_inputs()

    def set_speed(self, measuring: SpeedFrame, own: OwnSpeed | None) -> None:
        """How the measurement of the adapter stands, and what the open model reached."""
        self._own_speed = own
        self._pages.set_measuring(measuring)

    def show_truth(self, frame: TruthFrame) -> None:
        """What was measured of the open model."""
        self._pages.set_truth(frame)

    def stop(self, timeout_s: float) -> None:
        """End both threads."""
        self.worker.stop(timeout_s)
        self._source.worker.stop(timeout_s)

    @Slot(str, str)
    def edit(self, key: str, text: str) -> None:
        """A field was typed into, picked or ticked."""
        self._wishes = self._wishes.with_value(key, text)
        if key in _SOURCE_FIELDS:
            self._follow_source()
        else:
            self._ask()

    @Slot(str)
    def read_file(self, path: str) -> None:
        """Reckon with a checkpoint on this machine."""
        if path:
            self._wishes = replace(self._wishes, source=FILE, path=path)
            self._follow_source()

    @Slot(str)
    def _turn(self, _page: str) -> None:
        self._pages.show_truth()
        self._settle()

    @Slot(str, bool)
    def _lock(self, key: str, on: bool) -> None:
        self._wishes = self._wishes.with_lock(LOCKS[key], on)
        self._ask()

    @Slot(str)
    def _act(self, key: str) -> None:
        if key == "path":
            self.file_wanted.emit()
        elif key == "repo" and self._wishes.source == HUB:
            self._source.fetch()

    @Slot(str, float)
    def _drag(self, edge: str, wanted_bytes: float) -> None:
        self._held = self._held or self._reading.inputs
        self._is_dragging = True
        self._ask(Drag(edge, wanted_bytes))

    @Slot(str, int)
    def _step(self, edge: str, steps: int) -> None:
        """Steps that come faster than answers add up."""
        same = self._steps is not None and self._steps.edge == edge
        self._held = (self._held if same else None) or self._reading.inputs
        self._steps = Step(edge, (self._steps.steps if same and self._steps else 0) + steps)
        self._ask(self._steps)

    @Slot()
    def _end_drag(self) -> None:
        self._is_dragging = False
        self._settle()

    @Slot(str)
    def _take_way(self, index: str) -> None:
        if self._answer is not None:
            self._use(self._answer.ways[int(index)].inputs)

    @Slot(str, str)
    def _choose_row(self, page: str, key: str) -> None:
        inputs = self._reading.inputs
        chosen = self._pages.chosen(page, key, inputs) if inputs is not None else None
        if chosen is not None:
            self._use(chosen)

    @Slot()
    def _reset(self) -> None:
        chosen = Wishes()
        card = THIS_MACHINE if self._machine is not None else self._cards[0].name if self._cards else ""
        source = LOADED if self._loaded_name else chosen.source
        self._wishes = replace(chosen, card=card, source=source)
        self._follow_source()

    @Slot()
    def _copy(self) -> None:
        if self._answer is not None:
            sentence = self._answer.verdict.sentence
            self._panel.copy(copied_text(self._answer.estimate, self._rooms(), sentence))

    def _use(self, inputs: CalculatorInputs) -> None:
        self._wishes = self._wishes.following(inputs)
        self._ask()

    def _follow_source(self) -> None:
        self._source.follow(self._wishes)
        self._ask()

    def _rooms(self) -> tuple[Room, ...]:
        return rooms_for(self._wishes, self._machine, self._cards, self._reading.own_card_bytes)

    @Slot()
    def _ask(self, what: Drag | Step | None = None) -> None:
        """Read the fields, show what is wrong with them, and have the bar reckoned; all that takes longer
        follows when the person pauses."""
        self._reading = read_wishes(self._wishes, self._source.subject, self._around)
        self._show_inputs()
        self._what = what
        if what is None:
            self._held = self._steps = None
        self._send(settled=False)
        self._pause.start()

    @Slot()
    def _settle(self) -> None:
        self._pause.stop()
        self._send(settled=True)

    def _send(self, *, settled: bool) -> None:
        inputs = self._held if self._what is not None else self._reading.inputs
        if inputs is None or not self._panel.isVisible():
            return
        self._revision += 1
        question = Question(
            revision=self._revision,
            inputs=inputs,
            rooms=self._rooms(),
            locks=self._wishes.locks,
            page=self._panel.pages.key,
            what=self._what,
            settled=settled,
            own_speed=self._own_speed,
        )
        self.worker.run(lambda post, cancel: answer(question, post, cancel))

    @Slot(object)
    def _show(self, letter: object) -> None:
        if isinstance(letter, Answer):
            self._take(letter)
        else:
            self._pages.show(letter)

    def _take(self, found: Answer) -> None:
        self._answer = found
        self._panel.set_answer(found.verdict, found.bar)
        if found.is_move and found.revision == self._revision:
            if found.is_settled and not self._is_dragging:
                self._held = self._steps = self._what = None
            self._wishes = self._wishes.following(found.estimate.inputs)
            self._reading = read_wishes(self._wishes, self._source.subject, self._around)
            self._show_inputs()

    @Slot(object)
    def _refuse(self, error: Exception) -> None:
        self._panel.verdict.set_frame(VerdictFrame("This cannot be reckoned", sentence_of(error), "bad"))

    def _show_inputs(self) -> None:
        errors = {"card": self._problem, **self._reading.errors, **self._source.errors}
        situation = Situation(
            wishes=self._wishes,
            subject=self._source.subject,
            loaded_name=self._loaded_name,
            cards=self._cards,
            machine=self._machine,
            errors=errors,
            progress=self._source.progress,
        )
        self._panel.set_inputs(inputs_frame(situation))

    def _connect(self) -> None:
        panel = self._panel
        self._pause.timeout.connect(self._settle)
        self.worker.told.connect(self._show)
        self.worker.failed.connect(self._refuse)
        self._source.changed.connect(self._ask)
        panel.edited.connect(self.edit)
        panel.locked.connect(self._lock)
        panel.acted.connect(self._act)
        panel.dropped.connect(self.read_file)
        panel.reading_cancelled.connect(self._source.cancel)
        panel.edge_dragged.connect(self._drag)
        panel.edge_stepped.connect(self._step)
        panel.drag_ended.connect(self._end_drag)
        panel.way_chosen.connect(self._take_way)
        panel.row_chosen.connect(self._choose_row)
        panel.copy_requested.connect(self._copy)
        panel.reset_requested.connect(self._reset)
        panel.page_turned.connect(self._turn)
        panel.shown.connect(self._ask)
