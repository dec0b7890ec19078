"""Side by side: one prompt under two schemes, streamed into two columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QRect, QTimer, Slot

from app.engine_thread import EngineThread, Job
from app.failures import sentence_of
from app.messages import ModelFacts, TaskProgress
from app.presenters.compare import Comparison, Side, compare_frame, default_schemes
from app.presenters.tokens import card_frame
from app.tasks.compare import ColumnEnded, ColumnToken, CompareWish, compare_schemes
from app.token_trace import TraceBuilder
from gpu.errors import Cancelled
from views.chat.token_card import TokenCard
from views.compare import ComparePanel

DRAW_PERIOD_MS = 150


@dataclass(frozen=True)
class CompareFailed:
    """A comparison that did not work out; also one that was stopped while it was loading."""

    sentence: str


class CompareController(QObject):
    """Owns what is compared and how. While it runs the chat waits, and the other way round."""

    def __init__(self, panel: ComparePanel, card: TokenCard, engine: EngineThread) -> None:
        super().__init__(panel)
        self._panel, self._card, self._engine = panel, card, engine
        self._facts: ModelFacts | None = None
        self._comparison = Comparison()
        self._builders: tuple[TraceBuilder, TraceBuilder] | None = None
        self._job: Job | None = None
        self._loading: TaskProgress | None = None
        self._answering = False
        self._timer = QTimer(self, interval=DRAW_PERIOD_MS)
        self._connect()
        self._show()

    @property
    def panel(self) -> ComparePanel:
        return self._panel

    def set_model(self, facts: ModelFacts | None) -> None:
        """Columns of another model are of no use; one that is opened takes the right column."""
        self._facts = facts
        self._card.close()
        names = default_schemes(facts.scheme) if facts is not None else ("W16A16", "W4A8")
        sides = (Side(names[0]), Side(names[1]))
        self._comparison = replace(self._comparison, sides=sides, problem="")
        self._builders = None
        self._show()

    @Slot(bool)
    def set_answering(self, answering: bool) -> None:
        """While the chat is being answered nothing can be compared."""
        self._answering = answering
        self._show()

    @property
    def can_run(self) -> bool:
        """What measures in the background does not count: it ends soon."""
        return self._facts is not None and not self._answering and not self._engine.is_held

    @Slot(str)
    def run(self, prompt: str) -> None:
        """Answer the prompt under both schemes."""
        if self._facts is None or not self.can_run:
            return
        self._engine.take(TaskProgress)  # an older one says nothing about this run
        self._loading = None
        left, right = (Side(side.scheme) for side in self._comparison.sides)
        self._comparison = replace(self._comparison, sides=(left, right), problem="", is_running=True)
        self._builders = (TraceBuilder(self._facts.wish.model), TraceBuilder(self._facts.wish.model))
        wish = self._wish(prompt, self._facts)
        self._job = self._engine.run(lambda desk, cancel: compare_schemes(desk, cancel, wish), _failure)
        self._timer.start()
        self._show()

    @Slot()
    def stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _wish(self, prompt: str, facts: ModelFacts) -> CompareWish:
        greedy = self._comparison.is_greedy
        sampling = replace(facts.sampling, seed=self._comparison.seed)
        left, right = self._comparison.sides
        return CompareWish(
            prompt=prompt,
            schemes=(left.scheme, right.scheme),
            sampling=replace(sampling, temperature=0.0) if greedy else sampling,
            max_new_tokens=self._comparison.max_tokens,
        )

    @Slot(object)
    def _hear(self, letter: object) -> None:
        """Drawing waits for the timer."""
        if self._job is None:
            return
        if isinstance(letter, ColumnToken) and self._builders is not None:
            self._builders[letter.column].append(letter.entry)
            side = self._comparison.sides[letter.column]
            self._change(letter.column, replace(side, tokens_per_s=letter.tokens_per_s))
        elif isinstance(letter, ColumnEnded):
            side = self._comparison.sides[letter.column]
            self._change(letter.column, replace(side, reason=letter.reason, error=letter.error))
            if all(side.has_ended for side in self._comparison.sides):
                self._end("")
        elif isinstance(letter, CompareFailed):
            self._end(letter.sentence)

    def _end(self, problem: str) -> None:
        self._job = None
        self._timer.stop()
        self._comparison = replace(self._comparison, is_running=False, problem=problem)
        self._draw()

    def _change(self, number: int, side: Side) -> None:
        self._comparison = self._comparison.with_side(number, side)

    @Slot()
    def _draw(self) -> None:
        """Show what has come since the last time."""
        if self._builders is not None:
            for number, builder in enumerate(self._builders):
                side = self._comparison.sides[number]
                trace = builder.trace()
                if len(trace) and (side.trace is None or len(side.trace) != len(trace)):
                    self._change(number, replace(side, trace=trace))
        self._loading = self._engine.take(TaskProgress) or self._loading
        self._show()

    @Slot(int, int, object)
    def _open_token(self, column: int, index: int, place: QRect) -> None:
        trace = self._comparison.sides[column].trace
        if trace is not None and index < len(trace):
            self._card.set_frame(card_frame(trace, index, None, can_branch=False, can_inspect=False))
            self._card.popup_beside(place)

    @Slot(int, str)
    def _choose_scheme(self, column: int, scheme: str) -> None:
        """What was written under the former scheme goes away."""
        self._change(column, Side(scheme))
        if self._builders is not None and self._facts is not None:
            fresh = TraceBuilder(self._facts.wish.model)
            left, right = self._builders
            self._builders = (fresh, right) if column == 0 else (left, fresh)
        self._show()

    @Slot(int)
    def _choose_seed(self, seed: int) -> None:
        self._comparison = replace(self._comparison, seed=seed)

    @Slot(int)
    def _choose_most(self, tokens: int) -> None:
        self._comparison = replace(self._comparison, max_tokens=tokens)

    @Slot(bool)
    def _choose_greedy(self, greedy: bool) -> None:
        self._comparison = replace(self._comparison, is_greedy=greedy)
        self._show()

    @Slot()
    def _show(self) -> None:
        self._panel.set_frame(compare_frame(self._comparison, self._facts, self.can_run, self._loading))

    def _connect(self) -> None:
        panel = self._panel
        panel.run_requested.connect(self.run)
        panel.stop_requested.connect(self.stop)
        panel.scheme_chosen.connect(self._choose_scheme)
        panel.seed_changed.connect(self._choose_seed)
        panel.max_tokens_changed.connect(self._choose_most)
        panel.greedy_toggled.connect(self._choose_greedy)
        panel.token_opened.connect(self._open_token)
        self._timer.timeout.connect(self._draw)
        self._engine.told.connect(self._hear)
        self._engine.held_changed.connect(self._show)


def _failure(error: Exception) -> CompareFailed:
    return CompareFailed("Stopped." if isinstance(error, Cancelled) else sentence_of(error))
