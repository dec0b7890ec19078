"""The largest context that fits, scheme by scheme, and what to suggest when a wish does not fit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gpu.budget import MOST_BYTES, MOST_CONTEXT_TOKENS, plan
from gpu.model_shape import ModelShape, check_count
from gpu.scheme import Scheme

Workspace = Callable[[Scheme, int], int]
"""Bytes of workspace for a scheme and a context, not falling as the context grows."""

CONTEXT_STEP_TOKENS = 256  # suggestions are round, and a context below this is no use


@dataclass(frozen=True)
class Fit:
    """The largest context of a scheme that fits, and what it takes; 0 tokens if not even one does."""

    scheme: Scheme
    context_tokens: int
    total_bytes: int


def no_workspace(_scheme: Scheme, _context_tokens: int) -> int:
    return 0


def largest_fit(
    shape: ModelShape,
    schemes: Sequence[Scheme],
    available_bytes: int,
    batch: int = 1,
    workspace: Workspace = no_workspace,
) -> tuple[Fit, ...]:
    """The largest context within the model's own limit for which the whole budget fits, for every scheme.

    Raises:
        RequestError: no bytes or no requests, or absurdly many.
    """
    check_count("available bytes", available_bytes, MOST_BYTES)
    limit = min(shape.max_context_tokens or MOST_CONTEXT_TOKENS, MOST_CONTEXT_TOKENS)

    def fit(scheme: Scheme) -> Fit:
        def total(context: int) -> int:
            return plan(shape, scheme, context, batch, workspace(scheme, context)).total_bytes

        context = bisect_right(range(1, limit + 1), available_bytes, key=total)
        return Fit(scheme, context, total(max(context, 1)))

    return tuple(fit(scheme) for scheme in schemes)


def suggestion(wanted: Scheme, context_tokens: int, fits: Sequence[Fit]) -> str:
    """What to offer instead of `wanted` at `context_tokens`: less context, or another scheme.

    `fits` come in order of preference, usually the most exact scheme first.
    """
    usable = [fit for fit in fits if fit.context_tokens >= CONTEXT_STEP_TOKENS]
    own = [fit for fit in usable if fit.scheme == wanted]
    others = [fit for fit in usable if fit.scheme != wanted]
    enough = [fit for fit in others if fit.context_tokens >= context_tokens]
    longest = max((fit.context_tokens for fit in usable), default=0)
    better = enough or [fit for fit in others if fit.context_tokens == longest]
    options = [_option(fit, context_tokens) for fit in (*own[:1], *better[:1])]
    if not options:
        return "no scheme would fit; choose a smaller model or free some memory."
    return f"{' or '.join(options)} would fit."


def _option(fit: Fit, wanted_tokens: int) -> str:
    tokens = min(fit.context_tokens // CONTEXT_STEP_TOKENS * CONTEXT_STEP_TOKENS, wanted_tokens)
    return f"{fit.scheme} with a context of {tokens:,} tokens"
