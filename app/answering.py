"""An answer on its way: what the engine says about it becomes its message."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from app.conversations import MessageState
from app.dialogue import Dialogue
from app.messages import Forgot, Question, Traced, Wrote
from app.presenters.chat import note_of, told
from app.presenters.status import Progress
from app.token_trace import TokenTrace, TraceBuilder
from gpu.events import Event, Failed, Finished, FinishReason, PromptProgress, Timing, Token

STATES: dict[FinishReason, MessageState] = {
    "stop": "done",
    "length": "cut",
    "context": "cut",
    "cancelled": "cancelled",
}


class Answering:
    """Hears the letters of one run. `dialogue` and `key` say whose answer it is.

    A run that goes on after `question.answer_ids` begins its text anew, since all of it comes again. After
    an answer that `filled` the context there may be nothing left to forget: then it ends there.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        key: int,
        question: Question,
        start: TokenTrace | None = None,
        clock_s: Callable[[], float] = time.perf_counter,
        *,
        filled: bool = False,
    ) -> None:
        self.dialogue, self.key, self.question = dialogue, key, question
        self.progress = Progress()
        self.ended: Finished | Failed | None = None
        self._clock_s, self._filled = clock_s, filled
        self._asked_s = clock_s()
        self._before_ms = dialogue.tree[key].reasoning_ms or 0
        self._thinking_since_s: float | None = None
        self._begins_anew = bool(question.answer_ids)
        self._wrote = False
        self._traced = len(start) if start is not None else 0
        by_text = bool(question.turns) and question.turns[-1].role == "assistant"
        self._builder = None if by_text else TraceBuilder(dialogue.tree[key].model, start)

    @property
    def wrote(self) -> bool:
        """Whether any text has come."""
        return self._wrote

    def hear(self, event: Event | Wrote | Traced | Forgot) -> None:
        if isinstance(event, Wrote):
            self._write(event)
        elif isinstance(event, Traced):
            self._trace(event)
        elif isinstance(event, PromptProgress):
            self._read(event)
        elif isinstance(event, Token):
            self.progress = replace(self.progress, context_used=event.context_used)
        elif isinstance(event, Forgot):
            self._forget(event.turns)
        elif isinstance(event, Finished | Failed):
            self._end(event)

    def measure(self, timing: Timing) -> None:
        """Speeds come by another way than the rest."""
        self.progress = replace(self.progress, timing=timing)

    def trace(self) -> TokenTrace | None:
        """The tokens so far; None where the beginning is known by its text only, or nothing came."""
        return self._builder.trace() if self._builder is not None and self._traced else None

    def builder(self) -> TraceBuilder | None:
        """For whoever has the time to build the trace; nothing is added once the run has ended."""
        return self._builder if self._traced else None

    def _forget(self, turns: int) -> None:
        tree = self.dialogue.tree
        given = list(told(tree.path(tree.parent_of(self.key)))) if self.key in tree else []
        first_seen = given[turns].id if turns < len(given) else None
        self.progress = replace(self.progress, forgotten_turns=turns, first_seen=first_seen)

    def _read(self, event: PromptProgress) -> None:
        elapsed_s = self._clock_s() - self._asked_s
        self.progress = replace(
            self.progress,
            prompt=event,
            context_used=event.done_tokens,
            prompt_left_s=time_left_s(event, elapsed_s),
        )

    def _write(self, wrote: Wrote) -> None:
        now_s = self._clock_s()
        if not self._wrote:
            self.progress = replace(self.progress, first_token_ms=(now_s - self._asked_s) * 1000)
        if self.key not in self.dialogue.tree:
            return  # it was deleted
        message = self.dialogue.tree[self.key]
        if self._begins_anew and not self._wrote:
            message = replace(message, text="", reasoning="")
        self._wrote = True
        if wrote.reasoning and self._thinking_since_s is None:
            self._thinking_since_s = now_s
        message = message.with_more(wrote.reasoning, wrote.answer)
        if wrote.answer:
            message = replace(message, reasoning_ms=self._thought_ms(now_s, message.reasoning_ms))
        self.dialogue.update(message)

    def _thought_ms(self, now_s: float, so_far_ms: int | None) -> int | None:
        """How long the model thought, in all runs that wrote this answer."""
        if self._thinking_since_s is None:
            return so_far_ms
        total_ms = self._before_ms + round((now_s - self._thinking_since_s) * 1000)
        self._thinking_since_s, self._before_ms = None, total_ms
        return total_ms

    def _trace(self, traced: Traced) -> None:
        if self._builder is not None:
            self._builder.append(traced.entry)
            self._traced += 1

    def _end(self, event: Finished | Failed) -> None:
        if isinstance(event, Failed) and self._filled and not self._wrote:
            event = Finished(event.run_id, "context")
        self.ended = event
        self.progress = replace(self.progress, prompt=None, prompt_left_s=None)  # nothing is read any more
        if self.key not in self.dialogue.tree:
            return
        message = self.dialogue.tree[self.key]
        message = replace(message, reasoning_ms=self._thought_ms(self._clock_s(), message.reasoning_ms))
        if isinstance(event, Failed):
            self.dialogue.update(replace(message, state="failed", error=event.message))
            return
        note = note_of(self.progress.timing, event.reason)
        self.dialogue.update(replace(message, state=STATES[event.reason], note=note))


def time_left_s(prompt: PromptProgress, elapsed_s: float) -> float | None:
    """How long the rest of a prompt will take if it goes on as it went; None before anything is known."""
    computed = prompt.done_tokens - prompt.reused_tokens
    if computed <= 0 or prompt.done_tokens >= prompt.total_tokens:
        return None
    return elapsed_s / computed * (prompt.total_tokens - prompt.done_tokens)
