"""Memory against context and against batch, and where the cache overtakes the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gpu.budget import MOST_CONTEXT_TOKENS
from gpu.calculator.estimate import Estimate, estimate
from gpu.calculator.inputs import CalculatorInputs

_LEAST_CONTEXT_TOKENS = 256


@dataclass(frozen=True)
class Series:
    """`x` int64 [points] are tokens or requests, the others float64 [points]; `weights_bytes` are weights,
    scales and norms. `crossing` is the first x at which the cache is larger than they are."""

    x: npt.NDArray[np.int64]
    total_bytes: npt.NDArray[np.float64]
    weights_bytes: npt.NDArray[np.float64]
    kv_cache_bytes: npt.NDArray[np.float64]
    crossing: int | None


def over_context(inputs: CalculatorInputs, points: int = 64, most: int | None = None) -> Series:
    """From 256 tokens to `most`, by default to the model's own limit."""
    limit = most or inputs.subject.shape.max_context_tokens or 4 * inputs.context_tokens
    limit = max(min(limit, MOST_CONTEXT_TOKENS), _LEAST_CONTEXT_TOKENS + 1)
    contexts = np.unique(np.linspace(_LEAST_CONTEXT_TOKENS, limit, points).astype(np.int64) // 8 * 8)
    wishes = [replace(inputs, context_tokens=int(tokens)) for tokens in contexts]
    found = estimate(inputs)
    return _series(contexts, wishes, _first_above(found, found.kv_bytes_per_token * inputs.requests))


def over_batch(inputs: CalculatorInputs, most: int = 64) -> Series:
    """From 1 request to `most`, the chats as they are."""
    batches = np.arange(1, max(most, 1) + 1)
    found = estimate(inputs)
    each = found.kv_cache_bytes // inputs.batch
    return _series(batches, [replace(inputs, batch=int(n)) for n in batches], _first_above(found, each))


def _series(x: npt.NDArray[np.int64], wishes: Sequence[CalculatorInputs], crossing: int) -> Series:
    """A crossing beyond the last point is none."""
    found = [estimate(wish) for wish in wishes]
    return Series(
        x,
        np.array([each.total_bytes for each in found], np.float64),
        np.array([_weights(each) for each in found], np.float64),
        np.array([each.kv_cache_bytes for each in found], np.float64),
        crossing if crossing <= int(x[-1]) else None,
    )


def _weights(found: Estimate) -> int:
    return found.bytes_for("weights", "scales", "norms")


def _first_above(found: Estimate, each: int) -> int:
    """How many of `each` bytes are more than the weights."""
    return _weights(found) // max(each, 1) + 1
