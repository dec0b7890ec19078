"""Two schemes answering the same prompt side by side."""

from __future__ import annotations

from dataclasses import dataclass

from views.frames.choice import Choice
from views.frames.tokens import TokenFrame


@dataclass(frozen=True)
class ColumnFrame:
    """One scheme's answer so far. `note` says how fast it came, or what went wrong."""

    schemes: tuple[Choice, ...] = ()
    scheme: str = ""
    tokens: tuple[TokenFrame, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class CompareFrame:
    """`verdict` says where the columns part. `hint` is shown in the empty prompt field."""

    columns: tuple[ColumnFrame, ColumnFrame] = (ColumnFrame(), ColumnFrame())
    can_run: bool = False
    can_stop: bool = False
    hint: str = "Open a model to compare schemes."
    verdict: str = ""
    seed: int = 1
    is_greedy: bool = False
    max_tokens: int = 256
