"""The full-size pages beside the chat: built when they are first looked at, and told then what they missed.

To read and build them would take a third of the window's start."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.calculator_room import CalculatorFiles, CalculatorRoom
from app.controllers.chat import ChatController
from app.engine_thread import EngineThread
from app.messages import ModelFacts
from app.pin_records import PinFile
from app.prompts import all_prompts
from gpu.events import ChannelStats
from views.rail import Workspace
from views.theme import Theme

if TYPE_CHECKING:
    from app.controllers.compare import CompareController
    from app.controllers.microscope import MicroscopeController
    from app.controllers.outliers import OutliersController
    from gpu.probes.captured import Capture

_LATE = ("compare", "outliers", "microscope")
_MODULES = (  # each is read in less than 50 ms, after those before it
    *("app.controllers.compare", "views.compare"),
    *("views.outliers", "app.outlier_room"),
    *("app.controllers.microscope", "views.microscope"),
    *("views.calculator", "app.controllers.calculator", "app.controllers.calculator_source", "app.subjects"),
)


class Pages(QObject):
    """Asking for a page's controller builds the page. The chat may be built later than this is."""

    watching_changed = Signal(bool)  # whether the microscope wants the spikes' statistics
    followed = Signal(str)  # the site whose tokens the outlier browser follows, or ""

    def __init__(
        self,
        theme: Theme,
        engine: EngineThread,
        chat: Callable[[], ChatController],
        records: CalculatorFiles | None,
        pins: PinFile | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._theme, self._engine, self._chat, self._pins = theme, engine, chat, pins
        self._facts: ModelFacts | None = None
        self._is_answering = False
        self._statistics: tuple[ChannelStats | None, str] = None, ""
        self.calculator = CalculatorRoom(theme, engine, records, self)

    def workspaces(self) -> tuple[Workspace, ...]:
        """The pages for the window's rail."""
        return (
            Workspace(
                "compare",
                "Compare",
                "compare",
                "Two schemes answer the same prompt, and where they part is marked",
                lambda: self.compare.panel,
            ),
            Workspace(
                "outliers",
                "Outliers",
                "outliers",
                "Which channels spike, where, on which tokens, and what they do to the model",
                lambda: self.outliers.panel,
            ),
            Workspace(
                "microscope",
                "Blocks",
                "microscope",
                "What a shared scale does to every block of a tensor or of live activations",
                lambda: self.microscope.panel,
            ),
            Workspace(
                "calculator",
                "VRAM",
                "calculator",
                "Does it fit, with how much context, how fast, and what to give up",
                lambda: self.calculator.panel,
            ),
        )

    def readings(self) -> tuple[Callable[[], object], ...]:
        """Steps that read what the pages need, so that the first look at one waits for less."""
        return tuple(partial(import_module, name) for name in _MODULES)

    @cached_property
    def compare(self) -> CompareController:
        from app.controllers.compare import CompareController  # noqa: PLC0415 - see the module, as below
        from views.chat.token_card import TokenCard  # noqa: PLC0415
        from views.compare import ComparePanel  # noqa: PLC0415

        page = CompareController(ComparePanel(self._theme), TokenCard(self._theme), self._engine)
        page.set_answering(self._is_answering)
        page.set_model(self._facts)
        return page

    @cached_property
    def outliers(self) -> OutliersController:
        from app.outlier_room import make_outliers  # noqa: PLC0415

        page = make_outliers(self._theme, self._engine, self._chat, self._prompts, self._pins)
        page.tokens.followed.connect(self.followed)
        page.set_model(self._facts)
        return page

    @cached_property
    def microscope(self) -> MicroscopeController:
        from app.controllers.microscope import MicroscopeController  # noqa: PLC0415
        from views.microscope import MicroscopePanel  # noqa: PLC0415

        page = MicroscopeController(MicroscopePanel(self._theme), self._engine, self._text_to_capture)
        page.watching_changed.connect(self.watching_changed)
        page.set_model(self._facts)
        page.set_statistics(*self._statistics)
        return page

    def set_model(self, facts: ModelFacts | None) -> None:
        self._facts = facts
        self.calculator.set_model(facts)
        for name in _LATE:
            if self._is_built(name):
                getattr(self, name).set_model(facts)

    @Slot(bool)
    def set_answering(self, answering: bool) -> None:
        """While the chat is being answered nothing can be compared."""
        self._is_answering = answering
        if self._is_built("compare"):
            self.compare.set_answering(answering)

    @Slot(object, str)
    def set_statistics(self, stats: ChannelStats | None, site: str) -> None:
        """What the spikes show."""
        self._statistics = stats, site
        if self._is_built("microscope"):
            self.microscope.set_statistics(stats, site)

    @Slot(str, object)
    def show_token(self, name: str, capture: Capture) -> None:
        """A token opened in the chat: the outlier browser has it when it is looked at next."""
        self.outliers.show_token(name, capture)

    def stop(self, timeout_s: float) -> None:
        """Before the window closes."""
        self.calculator.stop(timeout_s)
        if self._is_built("microscope"):
            self.microscope.stop(timeout_s)
        if self._is_built("outliers"):
            self.outliers.stop()

    def _is_built(self, name: str) -> bool:
        return name in vars(self)

    def _prompts(self) -> tuple[str, ...]:
        return all_prompts(self._facts)

    def _text_to_capture(self) -> str:
        """What is run when activations are wanted: the conversation on show, or the samples."""
        written = [message.text for message in self._chat().path]
        return "\n".join(written or self._prompts())
