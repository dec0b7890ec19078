"""Separates what a model thought (`<think>…</think>` at the start of its reply) from what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

OPEN, CLOSE = "<think>", "</think>"


@dataclass(frozen=True)
class Reply:
    """A reply, or a further piece of one."""

    reasoning: str = ""
    answer: str = ""

    def __add__(self, more: Reply) -> Reply:
        return Reply(self.reasoning + more.reasoning, self.answer + more.answer)


class _Phase(Enum):
    START = auto()
    THINKING = auto()
    ANSWER = auto()


class ReasoningSplitter:
    """Splits a streamed reply: all results of `push` and `finish` add up to `split_reasoning` of the whole.

    Newlines around the two parts are dropped, as Qwen3's template does with earlier turns. A tag inside the
    answer is part of the answer. Pass `thinking=True` if the prompt itself ended by opening the block.
    """

    def __init__(self, *, thinking: bool = False) -> None:
        self._phase = _Phase.THINKING if thinking else _Phase.START
        self._begun = False  # has this phase shown anything yet?
        self._held = ""  # part of a tag, or newlines that count only if more follows

    @classmethod
    def resumed(cls, *, thinking: bool) -> ReasoningSplitter:
        """For a reply that goes on in the middle of its thoughts or of its answer: every newline counts."""
        splitter = cls(thinking=thinking)
        splitter._phase = _Phase.THINKING if thinking else _Phase.ANSWER
        splitter._begun = True
        return splitter

    @property
    def thinking(self) -> bool:
        """Is the model still inside its reasoning?"""
        return self._phase is _Phase.THINKING

    def push(self, text: str) -> Reply:
        """What `text` adds to the reasoning and to the answer."""
        self._held += text
        if self._phase is _Phase.START:
            self._look_for_open()
        reasoning = self._take_reasoning() if self._phase is _Phase.THINKING else ""
        answer = self._take(len(self._held)) if self._phase is _Phase.ANSWER else ""
        return Reply(reasoning, answer)

    def finish(self) -> Reply:
        """What was held back when the reply ended."""
        if self.thinking:
            return Reply(reasoning=self._take(len(self._held.rstrip("\n"))))
        return Reply(answer=self._take(len(self._held)))

    def _look_for_open(self) -> None:
        text = self._held.lstrip()
        if text.startswith(OPEN):
            self._enter(_Phase.THINKING, text.removeprefix(OPEN))
        elif not OPEN.startswith(text):
            self._enter(_Phase.ANSWER, self._held)

    def _take_reasoning(self) -> str:
        before, tag, after = self._held.partition(CLOSE)
        if tag:
            reasoning = self._take(len(before.rstrip("\n")))
            self._enter(_Phase.ANSWER, after)
            return reasoning
        certain = self._held[: len(self._held) - _partial_tag(self._held)]
        return self._take(len(certain.rstrip("\n")))

    def _take(self, length: int) -> str:
        """Remove `length` held characters; the newlines before the first shown one are dropped."""
        taken, self._held = self._held[:length], self._held[length:]
        if not self._begun:
            taken = taken.lstrip("\n")
            self._begun = bool(taken)
        return taken

    def _enter(self, phase: _Phase, held: str) -> None:
        self._phase, self._held, self._begun = phase, held, False


def split_reasoning(text: str, *, thinking: bool = False) -> Reply:
    """Reasoning and answer of a whole reply; an unfinished block is all reasoning."""
    splitter = ReasoningSplitter(thinking=thinking)
    return splitter.push(text) + splitter.finish()


def _partial_tag(text: str) -> int:
    """How many characters at the end of `text` could be the beginning of the closing tag."""
    return next((n for n in range(len(CLOSE) - 1, 0, -1) if text.endswith(CLOSE[:n])), 0)
