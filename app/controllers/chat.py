"""The chat: what the person writes becomes a question to the engine, what the engine says becomes text."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.engine_thread import EngineThread
from app.messages import ModelFacts, Question, Wrote
from app.presenters.chat import Exchange, chat_frame, note_of, turns_of
from app.presenters.composer import STATES, ChatState, composer_frame
from app.presenters.sampling import sampling_of
from app.presenters.status import Progress, status_frame
from gpu.events import Event, Failed, Finished, PromptProgress, Timing, Token
from gpu.probes.selection import ProbeSelection
from gpu.sampling import Sampling
from views.chat import ChatPanel
from views.frames import SamplingFrame

TEXT_PERIOD_MS = 100
GAUGES_PERIOD_MS = 250


class ChatController(QObject):
    """One conversation with the open model. `probe` says what the next answer should be probed for."""

    running_changed = Signal(bool)
    sampling_chosen = Signal(object)  # Sampling, or None for what the model recommends

    def __init__(
        self,
        panel: ChatPanel,
        engine: EngineThread,
        probe: Callable[[], ProbeSelection | None],
        sampling: Sampling | None = None,
    ) -> None:
        super().__init__(panel)
        self._panel, self._engine, self._probe = panel, engine, probe
        self._facts: ModelFacts | None = None
        self._model = ""
        self._samples: tuple[str, ...] = ()
        self._exchanges: tuple[Exchange, ...] = ()
        self._sampling, self._thinking = sampling, False
        self._max_tokens: int | None = None
        self._loading = self._running = self._stopping = False
        self._progress = Progress()
        self._asked_s = 0.0
        self._text_timer = QTimer(self, singleShot=True, interval=TEXT_PERIOD_MS)
        self._gauges_timer = QTimer(self, interval=GAUGES_PERIOD_MS)
        self._connect()
        self._show()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The conversation so far."""
        return self._exchanges

    @property
    def state(self) -> ChatState:
        if self._running:
            return "stopping" if self._stopping else "answering"
        if self._loading:
            return "loading"
        return "empty" if self._facts is None else "ready"

    def set_model(self, facts: ModelFacts | None, samples: tuple[str, ...] = ()) -> None:
        """The model that answers from now on; the same one under another scheme keeps the conversation."""
        if facts is not None and facts.wish.model != self._model:
            self._exchanges, self._model = (), facts.wish.model
        self._facts, self._samples = facts, samples
        self._progress = Progress()
        self._show()

    def set_loading(self, loading: bool) -> None:
        """While a model is on its way in, nothing can be asked."""
        self._loading = loading
        self._show()

    def set_sampling(self, sampling: Sampling | None) -> None:
        """How tokens are drawn from now on; None as the model recommends."""
        self._sampling = sampling
        self._show()

    @Slot(str)
    def send(self, text: str) -> None:
        if self.state == "ready":
            self._ask((*self._exchanges, Exchange(text)))

    @Slot()
    def regenerate(self) -> None:
        """Answer the last question again."""
        if self.state == "ready" and self._exchanges:
            self._ask((*self._exchanges[:-1], Exchange(self._exchanges[-1].question)))

    @Slot()
    def stop(self) -> None:
        if self._running:
            self._stopping = True
            self._engine.cancel()
            self._show()

    @Slot()
    def new_chat(self) -> None:
        """Forget the conversation; an answer that is running is stopped."""
        self.stop()
        self._exchanges, self._progress = (), Progress()
        self._show()
        self._panel.focus_prompt()

    def _ask(self, exchanges: tuple[Exchange, ...]) -> None:
        self._exchanges, self._progress = exchanges, Progress()
        self._asked_s = time.perf_counter()
        facts = self._facts
        recommended = facts.sampling if facts is not None else Sampling()
        self._engine.ask(
            Question(
                turns=turns_of(exchanges),
                thinking=self._thinking if facts is not None and facts.supports_thinking else None,
                sampling=self._sampling or recommended,
                max_new_tokens=self._max_tokens,
                probe=self._probe(),
            )
        )
        self._set_running(True)

    @Slot(object)
    def _hear(self, event: Event | Wrote) -> None:
        if isinstance(event, Wrote):
            self._write(event)
        elif isinstance(event, PromptProgress):
            self._progress = replace(self._progress, prompt=event, context_used=event.done_tokens)
        elif isinstance(event, Token):
            self._progress = replace(self._progress, context_used=event.context_used)
        elif isinstance(event, Finished):
            self._read_timing()
            note = note_of(self._progress.timing, event.reason)
            self._end(lambda last: last.finished(event.reason, note))
        elif isinstance(event, Failed):
            self._end(lambda last: last.failed(event.message))

    def _write(self, wrote: Wrote) -> None:
        if self._progress.first_token_ms is None:
            elapsed_ms = (time.perf_counter() - self._asked_s) * 1000
            self._progress = replace(self._progress, first_token_ms=elapsed_ms)
        self._change_last(lambda last: last.with_more(wrote.reasoning, wrote.answer))
        if not self._text_timer.isActive():
            self._show_text()
            self._text_timer.start()

    def _end(self, change: Callable[[Exchange], Exchange]) -> None:
        self._change_last(change)
        self._text_timer.stop()
        self._set_running(False)

    def _change_last(self, change: Callable[[Exchange], Exchange]) -> None:
        """Nothing is left to change once a new chat was begun."""
        if self._exchanges:
            self._exchanges = (*self._exchanges[:-1], change(self._exchanges[-1]))

    def _set_running(self, running: bool) -> None:
        self._running, self._stopping = running, False
        (self._gauges_timer.start if running else self._gauges_timer.stop)()
        self._show()
        self.running_changed.emit(running)

    @Slot(bool)
    def _choose_thinking(self, thinking: bool) -> None:
        self._thinking = thinking

    @Slot(object)
    def _choose_sampling(self, frame: SamplingFrame) -> None:
        chosen = sampling_of(frame)
        recommended = self._facts.sampling if self._facts is not None else Sampling()
        self._sampling = None if chosen == recommended else chosen
        self._max_tokens = frame.max_tokens
        self.sampling_chosen.emit(self._sampling)

    @Slot()
    def _show_text(self) -> None:
        can_ask = self.state == "ready"
        self._panel.set_chat(chat_frame(self._exchanges, self._samples, can_ask))

    @Slot()
    def _show_gauges(self) -> None:
        self._read_timing()
        self._panel.set_status(status_frame(self._facts, STATES[self.state], self._progress))

    def _read_timing(self) -> None:
        timing = self._engine.take(Timing)
        if timing is not None:
            self._progress = replace(self._progress, timing=timing)

    def _show(self) -> None:
        self._show_text()
        self._show_gauges()
        self._panel.set_composer(
            composer_frame(self.state, self._facts, self._sampling, self._max_tokens, self._thinking)
        )

    def _connect(self) -> None:
        self._engine.said.connect(self._hear)
        self._text_timer.timeout.connect(self._show_text)
        self._gauges_timer.timeout.connect(self._show_gauges)
        panel = self._panel
        panel.send_requested.connect(self.send)
        panel.stop_requested.connect(self.stop)
        panel.regenerate_requested.connect(self.regenerate)
        panel.thinking_toggled.connect(self._choose_thinking)
        panel.sampling_changed.connect(self._choose_sampling)
