"""Two columns of one comparison, ready to draw."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.messages import ModelFacts, TaskProgress
from app.presenters.setup import SCHEMES
from app.presenters.tokens import token_name, tokens_frame
from app.token_trace import TokenTrace
from gpu.events import FinishReason
from gpu.prefix_cache import shared_prefix
from views.frames.choice import Choice
from views.frames.compare import ColumnFrame, CompareFrame
from views.frames.tokens import TokenFrame

_REFERENCE, _PRODUCTION = "W16A16", "W4A8"
_ENDS: dict[FinishReason, str] = {
    "stop": "",
    "length": "the longest answer allowed",
    "context": "the context is full",
    "cancelled": "stopped",
}


@dataclass(frozen=True)
class Side:
    """What a column knows: its scheme, its tokens, and how it is doing."""

    scheme: str = _REFERENCE
    trace: TokenTrace | None = None
    tokens_per_s: float | None = None
    reason: FinishReason | None = None
    error: str = ""

    @property
    def has_ended(self) -> bool:
        return self.reason is not None or bool(self.error)


@dataclass(frozen=True)
class Comparison:
    """Both columns and how they are run. `problem` is the sentence that says why nothing came of it."""

    sides: tuple[Side, Side] = (Side(), Side(_PRODUCTION))
    seed: int = 1
    is_greedy: bool = True
    max_tokens: int = 256
    is_running: bool = False
    problem: str = ""

    def with_side(self, number: int, side: Side) -> Comparison:
        first, second = self.sides
        return replace(self, sides=(side, second) if number == 0 else (first, side))


def default_schemes(scheme: str) -> tuple[str, str]:
    """The reference against the open model, or against the usual one if that is the reference."""
    return _REFERENCE, scheme if scheme != _REFERENCE else _PRODUCTION


def compare_frame(
    comparison: Comparison, facts: ModelFacts | None, can_run: bool, loading: TaskProgress | None = None
) -> CompareFrame:
    """Both columns, the first token at which they part marked in each."""
    parting = parting_of(comparison.sides)
    left, right = (_column(side, parting) for side in comparison.sides)
    return CompareFrame(
        columns=(left, right),
        can_run=can_run and not comparison.is_running,
        can_stop=comparison.is_running,
        hint="Open a model to compare schemes."
        if facts is None
        else "Ask both schemes the same. Enter runs.",
        verdict=comparison.problem or _verdict(comparison, parting, loading),
        seed=comparison.seed,
        is_greedy=comparison.is_greedy,
        max_tokens=comparison.max_tokens,
    )


def parting_of(sides: tuple[Side, Side]) -> int | None:
    """The first index at which the columns differ; None while they do not.

    An answer that ended where the other goes on differs there.
    """
    first, second = (side.trace.token_ids() if side.trace is not None else () for side in sides)
    shared = shared_prefix(first, second)
    if shared < min(len(first), len(second)):
        return shared
    shorter = sides[0] if len(first) <= len(second) else sides[1]
    ended_early = shorter.reason == "stop" and len(first) != len(second)
    return shared if ended_early else None


def _column(side: Side, parting: int | None) -> ColumnFrame:
    tokens = tokens_frame(side.trace).tokens if side.trace is not None else ()
    if parting is not None and parting < len(tokens):
        marked = replace(tokens[parting], marked=True)
        tokens = (*tokens[:parting], marked, *tokens[parting + 1 :])
    return ColumnFrame(_choices(side.scheme), side.scheme, tokens, _note(side, tokens))


def _choices(scheme: str) -> tuple[Choice, ...]:
    known = any(choice.key == scheme for choice in SCHEMES)
    return SCHEMES if known else (Choice(scheme, scheme), *SCHEMES)


def _note(side: Side, tokens: tuple[TokenFrame, ...]) -> str:
    if side.error:
        return side.error
    parts = [f"{len(tokens):,} token{'' if len(tokens) == 1 else 's'}"] if tokens else []
    if side.tokens_per_s is not None:
        parts.append(f"{side.tokens_per_s:.1f} tok/s")
    if side.reason is not None and _ENDS[side.reason]:
        parts.append(_ENDS[side.reason])
    return " · ".join(parts)


def _verdict(comparison: Comparison, parting: int | None, loading: TaskProgress | None) -> str:
    left, right = comparison.sides
    if left.trace is None and right.trace is None:
        return _waiting(loading) if comparison.is_running else ""
    if parting is None:
        both = left.has_ended and right.has_ended and left.reason == right.reason != "cancelled"
        return "Both say the same, token by token." if both else "The same so far."
    names = [_name(side, parting) for side in comparison.sides]
    return f"They part at {names[0]} against {names[1]}."


def _name(side: Side, place: int) -> str:
    """What a column has at a place."""
    if side.trace is None or place >= len(side.trace):
        return f"the end ({side.scheme})"
    return f"{token_name(side.trace, place)} ({side.scheme})"


def _waiting(loading: TaskProgress | None) -> str:
    """How far the second model is on its way in; once it is, its kernels are compiled."""
    if loading is None or loading.done >= loading.total:
        return "Preparing…"
    return f"{loading.stage} {loading.done / loading.total:.0%}"
