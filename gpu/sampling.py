"""From logits to the next token: penalties, temperature, top-k, top-p, min-p, in transformers' order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.errors import RequestError

F32 = npt.NDArray[np.float32]
MOST_LIKELIEST = 64  # tokens that the device draws among, and tells of
_RANGES = {
    "temperature": (0.0, 100.0),
    "top_k": (0, 1 << 31),
    "top_p": (0.0, 1.0),
    "min_p": (0.0, 1.0),
    "repetition_penalty": (0.01, 100.0),
    "presence_penalty": (-100.0, 100.0),
}


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn. Temperature 0 is greedy; `top_k` 0, `top_p` 1 and `min_p` 0 switch a filter off.

    `repetition_penalty` (Keskar et al. 2019, arXiv 1909.05858) divides positive and multiplies negative
    logits of every token in the context; `presence_penalty` is subtracted once from those of tokens already
    generated. Without a `seed` every run differs.

    Raises:
        RequestError: a value is out of its range.
    """

    temperature: float = 0.7
    top_k: int = 20
    top_p: float = 0.8
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    presence_penalty: float = 0.0
    seed: int | None = None

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise RequestError(f"{name} is {value}; it must lie between {low:g} and {high:g}.")
        if self.seed is not None and self.seed < 0:
            raise RequestError(f"The seed is {self.seed}; it must not be negative.")


class Sampler:
    """Draws the tokens of one run; equal seeds draw equal tokens.

    `answer_ids` count as generated already. `chance` is the probability that the newest token had of being
    drawn, after penalties, temperature and filters. Who draws some of them elsewhere takes their chances from
    `random`.
    """

    def __init__(self, sampling: Sampling, prompt_ids: Sequence[int], answer_ids: Sequence[int] = ()) -> None:
        self._sampling = sampling
        self.random = np.random.Generator(np.random.PCG64(sampling.seed))
        self._context = {*prompt_ids, *answer_ids}
        self._generated = set(answer_ids)
        self.chance = 1.0

    def draw(self, logits: F32) -> int:
        """The next token for logits f32 [vocabulary].

        Raises:
            RequestError: the logits hold NaN or infinity, so the model is broken.
        """
        scores = self._penalized(logits)
        best = int(np.argmax(scores))
        if not np.isfinite(scores[best]):
            raise broken_output()
        token, self.chance = (best, 1.0) if self._sampling.temperature == 0 else self._draw(scores)
        self._context.add(token)
        self._generated.add(token)
        return token

    def _penalized(self, logits: F32) -> F32:
        settings = self._sampling
        if settings.repetition_penalty == 1 and settings.presence_penalty == 0:
            return logits
        scores = logits.copy()
        seen = np.fromiter(self._context, np.int64, len(self._context))
        penalty = np.float32(settings.repetition_penalty)
        scores[seen] = np.where(scores[seen] > 0, scores[seen] / penalty, scores[seen] * penalty)
        generated = np.fromiter(self._generated, np.int64, len(self._generated))
        scores[generated] -= np.float32(settings.presence_penalty)
        return scores

    def _draw(self, scores: F32) -> tuple[int, float]:
        ids, probabilities = candidates(scores, self._sampling)
        cumulative = np.cumsum(probabilities)
        place = np.searchsorted(cumulative, self.random.random() * cumulative[-1], side="right")
        drawn = min(int(place), len(ids) - 1)
        return int(ids[drawn]), float(probabilities[drawn] / cumulative[-1])


def broken_output() -> RequestError:
    """What is wrong where logits hold NaN or infinity."""
    return RequestError("The model's output is not a number; its weights or its quantization are broken.")


def candidates(scores: F32, sampling: Sampling) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Token ids that pass the filters, likeliest first, and their probabilities (not summing to 1 again)."""
    ids = _top_k(scores, sampling.top_k)
    order = np.argsort(-scores[ids], kind="stable")
    ids = ids[order]
    wide = scores[ids].astype(np.float64)
    with np.errstate(over="ignore"):  # a tiny temperature leaves the best alone
        weights = np.exp((wide - wide[0]) / sampling.temperature)
    probabilities = weights / weights.sum()
    before = np.cumsum(probabilities) - probabilities
    keep = (before < sampling.top_p) & (probabilities >= sampling.min_p * probabilities[0])
    keep[0] = True
    return ids[keep], probabilities[keep]


def _top_k(scores: F32, k: int) -> npt.NDArray[np.int64]:
    """Ids of the k largest scores (0: all), ascending, so that ties resolve alike everywhere."""
    if k == 0 or k >= scores.size:
        return np.arange(scores.size)
    return np.sort(np.argpartition(scores, -k)[-k:])
