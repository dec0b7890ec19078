"""The likeliest tokens and the one that is drawn, chosen where the logits are.

After temperature, top-k, top-p and min-p in the order of gpu.sampling, by one random number from the host.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.kernels.logit_sets import QUADS, count_sets
from gpu.kit import Kit, Op, tiles
from gpu.pipelines import BufferSlice
from gpu.sampling import MOST_LIKELIEST, Sampling, candidates

RECORD_WORDS = 4 + 2 * MOST_LIKELIEST
CHOICE_BYTES = 48
_STEEPEST = 3e38  # what f32 can hold


@dataclass(frozen=True)
class Choice:
    """How one token is chosen: `likeliest` are reported, one of the first `kept` is drawn by `random`."""

    likeliest: int
    kept: int
    random: float = 0.0
    slot: int = 0
    temperature: float = 1.0
    top_p: float = 1.0
    min_p: float = 0.0

    def pack(self, vocabulary: int, threads: int) -> bytes:
        """The Choice uniform of lib/choice.wgsl."""
        steepness = min(1 / self.temperature, _STEEPEST) if self.temperature > 1 / _STEEPEST else _STEEPEST
        counts = vocabulary, count_sets(vocabulary, threads), self.likeliest, self.kept
        return struct.pack("<4I4fI12x", *counts, steepness, self.top_p, self.min_p, self.random, self.slot)


def choose(kit: Kit, choice: BufferSlice, logits: Any, sets: Any, ids: Any, records: Any) -> Op:
    """sets of the first row of logits -> ids[0], and a record u32 [RECORD_WORDS] in `choice`'s slot."""
    pipeline = kit.pipelines.get("lib/choice", "choose", THREADS=kit.threads, QUADS=QUADS)
    dispatch = pipeline.bind(choice=choice, logits=logits, sets=sets, ids=ids, records=records)
    return Op(dispatch, tiles(1))


def reference(logits: npt.NDArray[np.float32], choice: Choice) -> tuple[npt.NDArray[np.int64], int, float]:
    """logits [V] -> the likeliest ids, the token drawn, and the chance it had."""
    order = np.argsort(-logits, kind="stable")[: choice.likeliest]
    sampling = Sampling(choice.temperature, 0, choice.top_p, choice.min_p)
    places, p = candidates(logits[order[: choice.kept]], sampling)
    cumulative = np.cumsum(p)
    place = int(np.searchsorted(cumulative, choice.random * cumulative[-1], side="right"))
    place = min(place, len(places) - 1)
    return order, int(order[places[place]]), float(p[place] / cumulative[-1])
