"""The window put together: everything is built here and handed on by constructor."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import TracebackType

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QFileDialog

from app.calculator_room import CalculatorFiles
from app.collector import Collector
from app.controllers.chat import ChatController
from app.controllers.conversations import ConversationsController
from app.controllers.damage import DamageController
from app.controllers.exchange import FileDialogs
from app.controllers.memory import MemoryController
from app.controllers.model import ModelController
from app.controllers.prompts import PromptsController
from app.controllers.quitting import QuitController
from app.controllers.spikes import SpikesController
from app.controllers.tokens import TokensController
from app.controllers.turns import TurnsController
from app.conversations import Archive
from app.conversations.opening import default_path
from app.engine_thread import EngineThread
from app.failures import sentence_of
from app.interrupts import Interrupts
from app.measured_rates import MeasuredRatesFile
from app.messages import Failure, ModelFacts, ModelWish
from app.pages import Pages
from app.pin_records import PinFile
from app.preferences import Preferences
from app.presenters.conversations import interrupted_text
from app.presenters.failure import failure_banner, notice_banner
from app.presenters.spikes import note_about
from app.prompts import sample_prompts
from app.truth import TruthFile
from gpu.sampling import Sampling
from views.ahead import Ahead, FirstPaint
from views.chat import ChatPanel
from views.chat.token_card import TokenCard
from views.conversations import ConversationsPanel
from views.damage import DamagePanel
from views.main_window import MainWindow, Panels
from views.memory import MemoryPanel
from views.spikes import SpikesPanel
from views.theme import Theme

INTERRUPTED = 130
STOP_TIMEOUT_S = 2.0
_READING_PAUSE_MS = 100
_PROBED_PANELS = ("spikes", "damage", "microscope")  # panels that show what the probes read
_IMPORTED = "Conversations (*.json *.md)"


class Gui(QObject):
    """The window, its controllers and the engine thread, and what connects them."""

    _archive_told = Signal(str)  # from the recorder's thread

    def __init__(
        self,
        theme: Theme,
        preferences: Preferences,
        engine: EngineThread,
        make_archive: Callable[[Callable[[str], None]], Archive] | None = None,
        records: CalculatorFiles | None = None,
        pins: PinFile | None = None,
    ) -> None:
        super().__init__()
        settings = preferences.settings
        self._theme = theme
        theme.set_scale(settings.text_scale)
        self.archive = (make_archive or partial(Archive, None))(self._archive_told.emit)
        self._preferences = preferences
        self.engine = engine
        engine.setParent(self)
        self.pages = Pages(theme, engine, lambda: self.chat, records, pins, self)
        panels = Panels(
            ChatPanel(theme),
            SpikesPanel(theme),
            DamagePanel(theme),
            MemoryPanel(theme),
            ConversationsPanel(theme),
            workspaces=self.pages.workspaces(),
        )
        self.window = MainWindow(panels, settings.window_layout)
        self.spikes = SpikesController(panels.spikes, self.engine)
        self.damage = DamageController(panels.damage)
        self.memory = MemoryController(panels.memory, self.engine)
        self.chat = ChatController(
            panels.chat, self.engine, self.spikes.probe, self.archive, settings.sampling
        )
        self.turns = TurnsController(panels.chat, self.chat, self.archive)
        self.conversations = ConversationsController(
            panels.conversations, self.chat, self.turns, self.archive, self._dialogs()
        )
        self.quitting = QuitController(self.window, self.archive, self.conversations.exchange)
        self.tokens = TokensController(
            panels.chat, TokenCard(theme, self.window), self.engine, self.chat, self.turns
        )
        if settings.tint_reference:
            self.tokens.choose_reference(settings.tint_reference)
        self.tokens.tint(settings.tinted)
        self.chat.look_up(settings.looks_up)
        self.prompts = PromptsController(panels.chat, preferences)
        self.model = ModelController(self.window, self.engine, preferences, self._choose_directory)
        self._seen = {"spikes": True, "damage": True, "microscope": False}
        self._connect()
        self._work_ahead()

    def expect(self, wish: ModelWish) -> None:
        """Show that the engine has been asked to open a first model."""
        self.model.expect(wish)
        for sentence in (self._preferences.notice, self.archive.notice, self._interrupted()):
            self._tell(sentence)

    @Slot(object)
    def _set_model(self, facts: ModelFacts | None) -> None:
        self.spikes.set_model(facts, note_about(facts))
        self.memory.set_model(facts)
        self.pages.set_model(facts)
        self.chat.set_model(facts, sample_prompts(facts) if facts is not None else ())
        self.tokens.set_model(facts)
        self.prompts.set_model(facts)

    @Slot(str, bool)
    def _see_panel(self, name: str, shown: bool) -> None:
        """What nobody sees is neither read back nor measured."""
        self._seen[name] = shown
        self.damage.set_watched(self._seen["damage"])
        self.spikes.set_watched(any(self._seen[key] for key in _PROBED_PANELS))

    @Slot()
    def _show_calculator(self) -> None:
        self.window.show_workspace("calculator")

    @Slot(object)
    def _reckon(self, wish: ModelWish) -> None:
        """A model that did not fit, in the calculator."""
        self._show_calculator()
        self.pages.calculator.ask_about(wish)

    @Slot(object)
    def _keep_sampling(self, sampling: Sampling | None) -> None:
        self._preferences.change(sampling=sampling)

    @Slot(bool, str)
    def _keep_tint(self, tinted: bool, reference: str) -> None:
        self._preferences.change(tinted=tinted, tint_reference=reference)

    @Slot(int)
    def _scale_text(self, step: int) -> None:
        self._theme.set_scale(self._theme.scale + 0.1 * step if step else 1.0)
        self._preferences.change(text_scale=round(self._theme.scale, 2))

    @Slot(bytes)
    def _close(self, layout: bytes) -> None:
        self._preferences.change(window_layout=layout)
        problem = self._preferences.save()
        if problem:
            print(f"quantscope: {problem}", file=sys.stderr)
        self.pages.stop(STOP_TIMEOUT_S)
        self.engine.stop(STOP_TIMEOUT_S)
        self.conversations.exchange.stop(STOP_TIMEOUT_S)
        self.archive.close()

    def report_fault(
        self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        """For `sys.excepthook`: what went wrong while the window handled an event, in one line."""
        sentence = sentence_of(error)
        print(f"quantscope: {sentence}", file=sys.stderr)
        self.window.set_banner(failure_banner(Failure("other", sentence)))

    def _interrupted(self) -> str:
        talks = {talk.id: talk.title for talk in self.archive.conversations()}
        return interrupted_text([talks[key] for key in self.archive.interrupted if key in talks])

    @Slot(str)
    def _tell(self, sentence: str) -> None:
        if sentence:
            self.window.set_banner(notice_banner(sentence))

    def _dialogs(self) -> FileDialogs:
        return FileDialogs(
            lambda name: QFileDialog.getSaveFileName(self.window, "Export", name)[0],
            lambda: QFileDialog.getOpenFileNames(self.window, "Import", "", _IMPORTED)[0],
        )

    def _choose_directory(self) -> str:
        return QFileDialog.getExistingDirectory(self.window, "Open a model directory")

    def _work_ahead(self) -> None:
        """The charts are there before the first values; the pages' modules are read when nobody waits."""
        panels = self.window.panels
        charts = Ahead(self, (panels.spikes.prepare, panels.damage.prepare))
        FirstPaint(self.window).came.connect(charts.begin)
        reading = Ahead(self, self.pages.readings(), _READING_PAUSE_MS)
        self.engine.idle.connect(reading.begin)
        self.chat.running_changed.connect(reading.hold)

    def _connect(self) -> None:
        self.model.model_changed.connect(self._set_model)
        self.model.loading_changed.connect(self.chat.set_loading)
        self.model.lookup_toggled.connect(self.chat.look_up)
        self.model.calculator_wished.connect(self._reckon)
        self.window.panels.memory.calculator_requested.connect(self._show_calculator)
        self.memory.changed.connect(self.chat.set_memory)
        self.chat.running_changed.connect(self.spikes.set_running)
        self.chat.running_changed.connect(self.pages.set_answering)
        self.chat.sampling_chosen.connect(self._keep_sampling)
        self.tokens.tint_chosen.connect(self._keep_tint)
        self.tokens.token_read.connect(self.spikes.show_token)
        self.spikes.statistics_changed.connect(self.damage.set_statistics)
        self.spikes.statistics_changed.connect(self.pages.set_statistics)
        self.tokens.token_captured.connect(self.pages.show_token)
        self.pages.followed.connect(self.spikes.follow)
        self.pages.watching_changed.connect(lambda on: self._see_panel("microscope", on))
        self.conversations.told.connect(self._tell)
        self.chat.composer.refused.connect(self._tell)
        self._archive_told.connect(self.quitting.tell)
        self.conversations.opened.connect(lambda talk: self.model.restore(talk.model, talk.scheme))
        self.window.new_chat_requested.connect(self.chat.new_chat)
        self.window.panel_shown.connect(self._see_panel)
        self.window.text_scaled.connect(self._scale_text)
        self.window.closing.connect(self._close)


def show(engine: EngineThread, preferences: Preferences, wish: ModelWish) -> int:
    """Show the window until it is closed, with an engine that was asked for a model; the exit status."""
    collector = Collector()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("quantscope")
    app.setApplicationDisplayName("Quantscope")
    gui = Gui(
        Theme(app),
        preferences,
        engine,
        partial(Archive, default_path()),
        CalculatorFiles(TruthFile(), MeasuredRatesFile()),
        PinFile(),
    )
    gui.model.loading_changed.connect(collector.set_loading)
    sys.excepthook = gui.report_fault
    interrupts = Interrupts(gui.window.close)
    gui.window.show()
    gui.expect(wish)
    status = app.exec()
    interrupts.restore()
    return INTERRUPTED if interrupts.happened else status
