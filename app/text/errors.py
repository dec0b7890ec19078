"""Stated failures of turning words into token ids."""

from __future__ import annotations

from gpu.errors import QuantscopeError

LONGEST_QUOTE = 300  # a template may raise a whole page; a sentence quotes its beginning


class TextError(QuantscopeError):
    """A text cannot be tokenized, or a tokenizer is of a kind this program does not read."""


class ChatTemplateError(TextError):
    """The chat template of a checkpoint is missing, refuses a conversation, or had to be stopped."""

    def __init__(self, source: str, problem: str) -> None:
        self.source = source
        self.problem = _one_line(problem)
        end = "" if self.problem.endswith((".", "!", "?", "…")) else "."
        super().__init__(f"The chat template of {source} {self.problem}{end}")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE] + "…"
