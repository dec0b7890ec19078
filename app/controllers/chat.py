"""The chat: what the person writes becomes a question to the engine, what the engine says becomes text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.answering import Answering
from app.controllers.composer import ComposerController, with_defaults_of
from app.conversations import Archive, Message
from app.dialogue import Dialogue, Origin
from app.engine_thread import EngineThread
from app.messages import Forgot, MemoryUse, ModelFacts, Question, Traced, Wrote
from app.presenters.chat import Dress, Made, Shown, chat_frame
from app.presenters.composer import STATES, ChatState
from app.presenters.status import Progress, status_frame
from app.questions import Manner, question_for
from app.token_trace import TokenTrace
from app.traces import Traces
from gpu.events import Event, Finished, Timing
from gpu.probes.selection import ProbeSelection
from gpu.sampling import Sampling
from views.chat import ChatPanel

TEXT_PERIOD_MS = 100
GAUGES_PERIOD_MS = 250
Letter = Event | Wrote | Traced | Forgot


class ChatController(QObject):
    """The open conversation and the model. `probe` says what the next answer should be probed for."""

    running_changed = Signal(bool)
    sampling_chosen = Signal(object)  # Sampling, or None for what the model recommends
    answers_changed = Signal()  # another branch or conversation is on show, or an answer ended
    conversation_changed = Signal()  # another one is open, or its place in the list changed

    def __init__(
        self,
        panel: ChatPanel,
        engine: EngineThread,
        probe: Callable[[], ProbeSelection | None],
        archive: Archive,
        sampling: Sampling | None = None,
    ) -> None:
        super().__init__(panel)
        self._panel, self._engine, self._probe, self._archive = panel, engine, probe, archive
        self._facts: ModelFacts | None = None
        self._samples: tuple[str, ...] = ()
        self._dialogue = Dialogue(archive, replace(archive.begin(), sampling=sampling))
        self._traces = Traces(archive)
        self.composer = ComposerController(panel, self._dialogue, engine)
        self._run: Answering | None = None
        self._loading = self._stopping = self._looks_up = False
        self._progress = Progress()
        self._memory: MemoryUse | None = None
        self._made: dict[int, Made] = {}
        self._dress: Dress = lambda _message, frame: frame
        self._text_timer = QTimer(self, singleShot=True, interval=TEXT_PERIOD_MS)
        self._gauges_timer = QTimer(self, interval=GAUGES_PERIOD_MS)
        self._connect()
        self._show()

    @property
    def dialogue(self) -> Dialogue:
        """The conversation on show."""
        return self._dialogue

    @property
    def path(self) -> tuple[Message, ...]:
        """The messages on show."""
        return self._dialogue.path

    @property
    def state(self) -> ChatState:
        if self._run is not None:
            return "stopping" if self._stopping else "answering"
        if self._loading:
            return "loading"
        if self._engine.is_held:
            return "held"
        return "empty" if self._facts is None else "ready"

    @property
    def writes_here(self) -> bool:
        """Whether an answer is being written in the conversation on show."""
        return self._run is not None and self._run.dialogue is self._dialogue

    def trace(self, key: int) -> TokenTrace | None:
        """The tokens of an answer, if they are kept."""
        return self._traces.get(key)

    def keep_trace(self, key: int, trace: TokenTrace) -> None:
        """Keep more about the tokens of an answer."""
        self._traces.put(key, trace)

    def question(self, key: int) -> Question | None:
        """What was asked for an answer: with the thinking of then, drawn and probed as it would be now."""
        if key not in self._dialogue.tree or self._dialogue.tree[key].role != "assistant":
            return None
        return self._question(key)

    def set_dress(self, dress: Dress) -> None:
        """What adds to each message's frame before it is drawn."""
        self._dress = dress
        self.show_text()

    def set_model(self, facts: ModelFacts | None, samples: tuple[str, ...] = ()) -> None:
        """The model that answers from now on; the conversation stays."""
        self._facts, self._samples, self._memory = facts, samples, None
        self.composer.set_facts(facts)
        self._progress = Progress()
        self._show()

    @Slot(object)
    def set_memory(self, use: MemoryUse) -> None:
        """What the model holds on the device."""
        self._memory = use

    def set_loading(self, loading: bool) -> None:
        """While a model is on its way in, nothing can be asked."""
        self._loading = loading
        self._show()

    def set_sampling(self, sampling: Sampling | None) -> None:
        """How tokens are drawn from now on; None as the model recommends."""
        self.composer.set_sampling(sampling)

    @Slot(bool)
    def look_up(self, on: bool) -> None:
        """Whether tokens are guessed from the text before them, where nobody reads the activations."""
        self._looks_up = on

    def open(self, dialogue: Dialogue, *, focus: bool = True) -> None:
        """Show another conversation; an answer that is running is stopped, and what it wrote is kept.

        With `focus` the person can write at once.
        """
        self.stop()
        self._dialogue, self._progress, self._made = dialogue, Progress(), {}
        self.composer.set_dialogue(dialogue)
        self._traces.look_at(dialogue.conversation.id)
        self.show_branch()
        if focus:
            self._panel.focus_prompt()

    @Slot()
    def new_chat(self, *, focus: bool = True) -> None:
        """An empty conversation, asked as this one was."""
        talk = with_defaults_of(self._archive.begin(), self._dialogue.conversation)
        self.open(Dialogue(self._archive, talk), focus=focus)

    @Slot(str)
    def send(self, text: str) -> None:
        if self.state == "ready":
            self.begin(self._dialogue.ask(text, self.origin, self.composer.take_attachments()))
            self.conversation_changed.emit()

    @Slot()
    def stop(self) -> None:
        if self._run is not None:
            self._stopping = True
            self._engine.cancel()
            self._show()

    def begin(
        self,
        key: int,
        question: Question | None = None,
        start: TokenTrace | None = None,
        *,
        filled: bool = False,
    ) -> None:
        """Have an answer written; `start` are the tokens that `question` goes on after.

        They may have `filled` the context.
        """
        question = question or self._question(key)
        self._run = Answering(self._dialogue, key, question, start, filled=filled)
        self._progress = self._run.progress
        self._engine.ask(question)
        self._gauges_timer.start()
        self._show()
        self.running_changed.emit(True)

    def show_branch(self) -> None:
        """Another branch is on show, or a message changed that no answer is being written to."""
        self._show()
        self.answers_changed.emit()
        self.conversation_changed.emit()

    def reveal(self, key: int) -> None:
        """Bring a message into sight, on whichever branch it is, unless an answer is written on another."""
        if key in self._dialogue.tree and not self.writes_here:
            self._dialogue.reveal(key)
            self.show_branch()
        self._panel.show_message(key)

    @Slot(object)
    def _hear(self, letter: Letter) -> None:
        run = self._run
        if run is None:
            return
        if isinstance(letter, Finished):
            self._read_timing()
        run.hear(letter)
        self._progress = run.progress
        if run.ended is not None:
            self._end(run)
        elif isinstance(letter, Wrote) and not self._text_timer.isActive():
            self.show_text()
            self._text_timer.start()

    def _end(self, run: Answering) -> None:
        """What was collected of its tokens is kept; where turns may be forgotten the answer goes on."""
        self._run, self._stopping = None, False
        self._text_timer.stop()
        self._gauges_timer.stop()
        if (builder := run.builder()) is not None and run.key in run.dialogue.tree:
            self._traces.collect(run.key, builder)
        elif run.wrote:
            self._traces.drop(run.key)
        if self._goes_on(run):
            return
        self._show()
        self.running_changed.emit(False)
        self.answers_changed.emit()
        self.conversation_changed.emit()

    def _goes_on(self, run: Answering) -> bool:
        """Whether an answer that filled the context is written on, with older turns forgotten."""
        full = isinstance(run.ended, Finished) and run.ended.reason == "context"
        may_forget = run.question.when_full == "forget" and run.dialogue is self._dialogue
        trace = run.trace() if full and may_forget and run.wrote else None
        if trace is None:
            return False
        self._dialogue.resume(run.key)
        self.begin(run.key, replace(run.question, answer_ids=trace.token_ids()), trace, filled=True)
        return True

    def _question(self, key: int) -> Question:
        manner = Manner(
            self._dialogue.tree[key].thinking, self.composer.sampling, self._probe(), self._looks_up
        )
        return question_for(self._dialogue, key, manner)

    @property
    def origin(self) -> Origin:
        """What an answer that is asked for now will come from."""
        talk, facts = self._dialogue.conversation, self._facts
        return (
            Origin(sampling=talk.sampling)
            if facts is None
            else Origin(facts.wish.model, facts.scheme, talk.sampling, self.composer.thinking)
        )

    @Slot()
    def show_text(self) -> None:
        """Draw the messages."""
        shown = Shown(
            key=self._dialogue.conversation.id,
            tree=self._dialogue.tree,
            path=self.path,
            ready=self._run is None,
            can_ask=self.state == "ready",
            samples=self._samples,
            traced=self._traces.known,
            dress=self._dress,
            first_seen=self._progress.first_seen,
            made=self._made,
        )
        self._panel.set_chat(chat_frame(shown))

    @Slot()
    def _show_gauges(self) -> None:
        self._read_timing()
        self._panel.set_status(status_frame(self._facts, STATES[self.state], self._progress, self._memory))

    def _read_timing(self) -> None:
        timing = self._engine.take(Timing)
        if timing is not None and self._run is not None:
            self._run.measure(timing)
            self._progress = self._run.progress

    @Slot()
    def _show(self) -> None:
        self.show_text()
        self._show_gauges()
        self.composer.show(self.state)

    def _connect(self) -> None:
        self._engine.said.connect(self._hear)
        self._engine.held_changed.connect(self._show)
        self._text_timer.timeout.connect(self.show_text)
        self._gauges_timer.timeout.connect(self._show_gauges)
        self.composer.sampling_chosen.connect(self.sampling_chosen)
        self._panel.send_requested.connect(self.send)
        self._panel.stop_requested.connect(self.stop)
