"""The calculator as the window has it: built when it is first looked at, and told what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from app.calculator.rooms import Room, machine_room
from app.catalogue import Card, built_in_cards, load_catalogue
from app.controllers.adapter_speed import AdapterSpeedController
from app.controllers.truth import TruthController
from app.engine_thread import EngineThread
from app.measured_rates import MeasuredRatesFile
from app.messages import Adapters, ModelFacts, ModelWish
from app.presenters.calculator_truth import truth_frame
from app.presenters.setup import title
from app.truth import LoadTruth, Pair, TruthFile, driver_overhead
from gpu.errors import QuantscopeError
from gpu.scheme import Scheme
from views.frames.calculator import SpeedFrame
from views.theme import Theme

if TYPE_CHECKING:
    from app.controllers.calculator import CalculatorController
    from gpu.calculator.inputs import CalculatorInputs
    from gpu.device import AdapterInfo
    from views.calculator import CalculatorPanel


@dataclass(frozen=True)
class CalculatorFiles:
    """What is kept between runs."""

    truths: TruthFile
    rates: MeasuredRatesFile


class CalculatorRoom(QObject):
    """Its arithmetic brings wgpu along, which would keep the window waiting: only what listens to every load
    is there from the start. `controller` is None until the `panel` was asked for."""

    def __init__(
        self, theme: Theme, engine: EngineThread, records: CalculatorFiles | None, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        truths, rates = (records.truths, records.rates) if records is not None else (None, None)
        self.truth = TruthController(engine, truths, self)
        self.controller: CalculatorController | None = None
        self.speed = AdapterSpeedController(engine, rates, self)
        self.speed.changed.connect(self._follow)
        self._adapter: AdapterInfo | None = None
        self._facts: ModelFacts | None = None
        self._cards: tuple[Card, ...] = ()
        self.truth.changed.connect(self._follow)
        engine.surveyed.connect(self._survey)

    @cached_property
    def panel(self) -> CalculatorPanel:
        """The page, built with all that is behind it."""
        from app.controllers.calculator import CalculatorController  # noqa: PLC0415 - see the class
        from app.controllers.calculator_source import SubjectSource  # noqa: PLC0415
        from app.subjects import fetch_subject, read_subject  # noqa: PLC0415
        from views.calculator import CalculatorPanel  # noqa: PLC0415

        panel = CalculatorPanel(self._theme)
        panel.measure_requested.connect(self.speed.measure)
        panel.measure_cancelled.connect(self.speed.cancel)
        problem = self._read_cards()
        source = SubjectSource(read_subject, lambda repo, cancel: fetch_subject(repo, cancel=cancel), self)
        self.controller = CalculatorController(panel, source, self._cards)
        self.controller.file_wanted.connect(self._choose_file)
        self.controller.set_problem(problem)
        self._follow()
        return panel

    def set_model(self, facts: ModelFacts | None) -> None:
        self._facts = facts
        if facts is not None:
            self._adapter = facts.adapter
        self.truth.set_model(facts)

    def ask_about(self, wish: ModelWish) -> None:
        """A model that was to be opened; the page must be on show."""
        if self.controller is not None:
            self.controller.ask_about(wish.model, Scheme.parse(wish.scheme), wish.context_tokens)

    def stop(self, timeout_s: float) -> None:
        if self.controller is not None:
            self.controller.stop(timeout_s)

    @Slot(object)
    def _survey(self, adapters: Adapters) -> None:
        if self._adapter is None and adapters.found:
            self._adapter = adapters.found[0]
            self._follow()

    def _read_cards(self) -> str:
        """A person's own catalogue may be broken: then there is none but the built-in one, and it is said."""
        try:
            self._cards = load_catalogue()
        except QuantscopeError as error:
            self._cards = built_in_cards()
            return str(error)
        return ""

    def machine(self) -> Room | None:
        """This machine's adapter with what is known of it."""
        measured = self.speed.rates(self._adapter) if self._adapter is not None else None
        return machine_room(self._adapter, self._cards, measured)

    @Slot()
    def _follow(self) -> None:
        if self.controller is None:
            return
        can_measure = self._facts is not None
        measuring = SpeedFrame(
            can_measure=can_measure, progress=self.speed.progress, problem=self.speed.problem
        )
        self.controller.set_speed(measuring, self.speed.own)
        self.controller.set_machine(self.machine())
        truth = self.truth.truth
        name = title(self._facts.wish.model) if self._facts is not None and truth is not None else ""
        pairs = self.truth.pairs()
        self.controller.set_loaded(name, _as_here(truth, pairs) if truth is not None else None)
        self.controller.show_truth(truth_frame(truth, pairs, self.truth.problem))

    @Slot()
    def _choose_file(self) -> None:
        if self.controller is not None:
            self.controller.read_file(self._ask_for_file())

    def _ask_for_file(self) -> str:
        kinds = "Checkpoints (*.gguf *.safetensors config.json)"
        path, _ = QFileDialog.getOpenFileName(self.panel, "Reckon with a checkpoint", "", kinds)
        return path.removesuffix("config.json")


def _as_here(truth: LoadTruth, pairs: Sequence[Pair]) -> CalculatorInputs:
    """The loaded model as asked, with what its driver took on top in the loads so far."""
    overhead = driver_overhead(pairs, truth.pair.adapter, truth.pair.driver)
    return replace(truth.inputs, driver_bytes=overhead)
