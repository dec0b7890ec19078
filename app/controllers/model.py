"""Which model is open: dialog, drop, demo, scheme and adapter; progress and failures of loading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.engine_thread import EngineThread
from app.library import DEMO, is_there
from app.messages import Adapters, Failure, Loading, ModelFacts, ModelWish, Notice
from app.preferences import Preferences
from app.presenters.failure import (
    CALCULATOR,
    LOAD_AGAIN,
    LOAD_OFFERED,
    WAY,
    failure_banner,
    gone_banner,
    notice_banner,
    offer_banner,
)
from app.presenters.setup import load_frame, setup_frame, title, welcome_frame
from gpu.errors import Way
from views.main_window import MainWindow

PROGRESS_PERIOD_MS = 50
_FILES_OF_A_DIRECTORY = (".safetensors", ".json", ".jinja")


class ModelController(QObject):
    """Opens models. An open one stays until another has taken its place."""

    model_changed = Signal(object)  # ModelFacts, or None when it is gone
    loading_changed = Signal(bool)
    lookup_toggled = Signal(bool)  # whether tokens are guessed from the text before them
    calculator_wished = Signal(object)  # ModelWish that did not fit

    def __init__(
        self,
        window: MainWindow,
        engine: EngineThread,
        preferences: Preferences,
        choose_directory: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self._window, self._engine, self._preferences = window, engine, preferences
        self._choose_directory = choose_directory
        self._adapters: Adapters | None = None
        self._facts: ModelFacts | None = None
        self._wish: ModelWish | None = None  # on its way in
        self._last_wish: ModelWish | None = None
        self._offered: ModelWish | None = None
        self._ways: tuple[Way, ...] = ()
        self._timer = QTimer(self, interval=PROGRESS_PERIOD_MS)
        self._connect()
        self._show()

    @Slot(str)
    def open(self, model: str) -> None:
        """Open a model by name or path, with the scheme and adapter in use."""
        settings = self._preferences.settings
        wish = ModelWish(model, settings.scheme, settings.adapter, settings.context_tokens, settings.tunes)
        self.load(wish)

    @Slot(str)
    def open_dropped(self, path: str) -> None:
        """A file of a checkpoint stands for its directory."""
        file = Path(path)
        inside = file.suffix in _FILES_OF_A_DIRECTORY and file.is_file()
        self.open(str(file.parent if inside else file))

    @Slot()
    def open_chosen(self) -> None:
        """Ask for a directory."""
        path = self._choose_directory()
        if path:
            self.open(path)

    @Slot()
    def open_demo(self) -> None:
        self.open(DEMO)

    def load(self, wish: ModelWish) -> None:
        """Open exactly this; the settings follow once it worked."""
        self._engine.open(wish)
        self.expect(wish)

    def expect(self, wish: ModelWish) -> None:
        """Show that this is on its way: the engine was asked for it."""
        self._wish = self._last_wish = wish
        self._window.set_banner(None)
        self._window.show_chat()
        self._window.set_load(load_frame(wish.model, Loading("Waiting for the engine")))
        self._timer.start()
        self._show()
        self.loading_changed.emit(True)

    def restore(self, model: str, scheme: str) -> None:
        """Open what a conversation was held with; while the engine is busy with other work, offer it."""
        self._offered = None
        base = self._wish or (replace(self._facts.wish, scheme=self._facts.scheme) if self._facts else None)
        if base is None or not model or (model, scheme) == (base.model, base.scheme):
            return
        wish = replace(base, model=model, scheme=scheme)
        if not is_there(model):
            self._window.set_banner(gone_banner(title(model), scheme))
        elif self._engine.is_held:
            self._offered = wish
            self._window.set_banner(offer_banner(title(model), scheme))
        else:
            self.load(wish)

    @Slot(str)
    def _choose_scheme(self, scheme: str) -> None:
        if self._facts is None:
            self._preferences.change(scheme=scheme)
        else:
            self.load(replace(self._facts.wish, scheme=scheme))

    @Slot(str)
    def _choose_context(self, context: str) -> None:
        tokens = int(context) if context else None
        if self._facts is not None:
            self.load(replace(self._facts.wish, context_tokens=tokens))

    @Slot(str)
    def _choose_adapter(self, adapter: str) -> None:
        if self._facts is None:
            self._preferences.change(adapter=adapter or None)
        else:
            self.load(replace(self._facts.wish, adapter=adapter or None))

    @Slot(bool)
    def _choose_tuning(self, tunes: bool) -> None:
        if self._facts is None:
            self._preferences.change(tunes=tunes)
        else:
            self.load(replace(self._facts.wish, tunes=tunes))

    @Slot(bool)
    def _choose_lookup(self, looks_up: bool) -> None:
        self._preferences.change(looks_up=looks_up)
        self.lookup_toggled.emit(looks_up)

    @Slot(str)
    def _act(self, action: str) -> None:
        if action == LOAD_AGAIN and self._last_wish is not None:
            self.load(self._last_wish)
        elif action == LOAD_OFFERED and self._offered is not None:
            self.load(self._offered)
        elif action == CALCULATOR and self._last_wish is not None:
            self.calculator_wished.emit(self._last_wish)
        elif action.startswith(WAY) and self._last_wish is not None:
            way = self._ways[int(action.removeprefix(WAY))]
            self.load(replace(self._last_wish, scheme=way.scheme, context_tokens=way.context_tokens))

    @Slot()
    def _cancel(self) -> None:
        self._engine.cancel()

    @Slot(object)
    def _survey(self, adapters: Adapters) -> None:
        self._adapters = adapters
        self._show()

    @Slot(object)
    def _accept(self, facts: ModelFacts) -> None:
        """The model is open: what was wished for is worth keeping."""
        self._facts = facts
        wish = facts.wish
        self._preferences.change(
            scheme=wish.scheme,
            adapter=wish.adapter,
            context_tokens=wish.context_tokens,
            tunes=wish.tunes,
        )
        self._preferences.remember_model(facts.wish.model)
        problem = self._preferences.save()
        if problem:
            self._window.set_banner(notice_banner(problem))
        self._end_loading(facts.wish)
        self.model_changed.emit(facts)
        self._engine.prepare()

    @Slot(object)
    def _refuse(self, failure: Failure) -> None:
        """Say what went wrong; a model that was open before still is, unless that is what went wrong."""
        if failure.wish not in (None, self._wish):
            return  # another model is on its way in already
        if failure.kind == "closed":
            self._facts = None
            self.model_changed.emit(None)
        self._end_loading(failure.wish)
        self._ways = failure.ways
        banner = failure_banner(failure)
        if banner is not None:
            self._window.set_banner(banner)
        if self._facts is None and failure.wish is not None:
            self._window.show_welcome()

    @Slot(object)
    def _notice(self, notice: Notice) -> None:
        self._window.set_banner(notice_banner(notice.sentence))

    def _end_loading(self, wish: ModelWish | None) -> None:
        """Nothing ends if another model is on its way in by now."""
        if wish != self._wish:
            self._show()
            return
        self._wish = None
        self._timer.stop()
        self._window.set_load(None)
        self._show()
        self.loading_changed.emit(False)

    @Slot()
    def _show_progress(self) -> None:
        loading = self._engine.take(Loading)
        if loading is not None and self._wish is not None:
            self._window.set_load(load_frame(self._wish.model, loading))

    def _show(self) -> None:
        settings, busy = self._preferences.settings, self._wish is not None
        self._window.set_setup(setup_frame(settings, self._adapters, self._facts, busy))
        self._window.set_welcome(welcome_frame(settings, self._adapters))

    def _connect(self) -> None:
        self._timer.timeout.connect(self._show_progress)
        self._engine.surveyed.connect(self._survey)
        self._engine.loaded.connect(self._accept)
        self._engine.failed.connect(self._refuse)
        self._engine.noticed.connect(self._notice)
        window = self._window
        window.open_requested.connect(self.open_chosen)
        window.demo_requested.connect(self.open_demo)
        window.model_dropped.connect(self.open_dropped)
        window.recent_chosen.connect(self.open)
        window.scheme_chosen.connect(self._choose_scheme)
        window.context_chosen.connect(self._choose_context)
        window.adapter_chosen.connect(self._choose_adapter)
        window.tuning_toggled.connect(self._choose_tuning)
        window.lookup_toggled.connect(self._choose_lookup)
        window.load_cancelled.connect(self._cancel)
        window.banner_action.connect(self._act)
