"""Perplexity: exp of the mean negative log-likelihood (in nats) that a model gives to a text's tokens.

The text is cut into windows that do not overlap. Each is scored from an empty cache and its first token is
not scored, so that every figure of one text and one window is comparable, whatever the scheme.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from gpu.errors import RequestError

F32 = npt.NDArray[np.float32]
Cancel = Callable[[], bool]


class LogitSource(Protocol):
    """What of a model is needed to score a text."""

    def rewind(self, tokens: int, /) -> None: ...
    def all_logits(self, ids: Sequence[int], cancel: Cancel, /) -> Iterator[F32]: ...


@dataclass(frozen=True)
class Perplexity:
    """`nats` is the summed negative log-likelihood of `scored_tokens` tokens."""

    scored_tokens: int
    nats: float

    @property
    def nats_per_token(self) -> float:
        return self.nats / self.scored_tokens

    @property
    def perplexity(self) -> float:
        """Infinite where a broken model gives a token no probability that a float can hold."""
        return math.exp(self.nats_per_token) if self.nats_per_token < 700 else math.inf


def measure_perplexity(
    model: LogitSource,
    ids: Sequence[int],
    window_tokens: int,
    progress: Callable[[int], None] = lambda _done: None,
    cancel: Cancel = lambda: False,
) -> Perplexity:
    """Score `ids`; `progress` is told how many of them are done. The model's cache is overwritten.

    Raises:
        RequestError: fewer than two tokens, or a window of fewer.
        Cancelled: `cancel` said so.
    """
    if len(ids) < 2 or window_tokens < 2:
        raise RequestError("Perplexity needs at least two tokens, in windows of at least two.")
    scored, nats = 0, 0.0
    for start in range(0, len(ids), window_tokens):
        window = ids[start : start + window_tokens]
        if len(window) > 1:
            nats += _window_nats(model, window, cancel)
            scored += len(window) - 1
        progress(start + len(window))
    return Perplexity(scored, nats)


def _window_nats(model: LogitSource, window: Sequence[int], cancel: Cancel) -> float:
    """-Σ log p(token t + 1 | tokens up to t)."""
    model.rewind(0)
    targets = np.asarray(window[1:])
    nats, row = 0.0, 0
    for logits in model.all_logits(window[:-1], cancel):  # [<= 8, V]
        nats += float(cross_entropy(logits, targets[row : row + len(logits)]).sum())
        row += len(logits)
    return nats


def cross_entropy(logits: F32, targets: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """-log softmax(logits)[target] of every row, in nats: f64 [rows] from f32 [rows, vocabulary]."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    chosen = shifted[np.arange(len(targets)), targets]
    nats: npt.NDArray[np.float64] = np.log(np.exp(shifted).sum(axis=1)) - chosen
    return nats
