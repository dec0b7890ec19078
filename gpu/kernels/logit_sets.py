"""Of sets of logits: the largest, Σ e^s and Σ e^s s with s = logit − largest; what `choose` goes on from."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.kit import Kit, Op, tiles
from gpu.pipelines import BufferSlice

# Of logits in a set: as many steps to find the next one in it as to find the best set of a large vocabulary.
QUADS = 64
NO_NUMBER_KEY = 0xFFFFFFFE


def count_sets(vocabulary: int, threads: int) -> int:
    """Sets of a row of logits, in workgroups of `threads`: those of the last may be empty."""
    return -(-vocabulary // (4 * QUADS * threads)) * threads


def logit_sets(kit: Kit, choice: BufferSlice, logits: Any, sets: Any, vocabulary: int) -> Op:
    """The first row of logits f32 [vocabulary] -> sets u32 [count_sets, 4]; `choice` is a Choice uniform."""
    pipeline = kit.pipelines.get("lib/choice", "logit_sets", THREADS=kit.threads, QUADS=QUADS)
    groups = count_sets(vocabulary, kit.threads) // kit.threads
    return Op(pipeline.bind(choice=choice, logits=logits, sets=sets), tiles(groups))


def keys_of(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.uint32]:
    """Unsigned integers that order as the numbers do: zeros alike, NaN above infinity."""
    bits = (logits + np.float32(0)).view(np.uint32)
    keys = np.where(np.signbit(logits + np.float32(0)), ~bits, bits | np.uint32(1 << 31))
    return np.where(np.isnan(logits), np.uint32(NO_NUMBER_KEY), keys).astype(np.uint32)


def logits_of(keys: npt.NDArray[np.uint32]) -> npt.NDArray[np.float32]:
    """The numbers that have these keys."""
    sign = np.uint32(1 << 31)
    logits: npt.NDArray[np.float32] = np.where(keys & sign, keys & ~sign, ~keys).astype(np.uint32).view("f4")
    return logits


def reference(logits: npt.NDArray[np.float32], threads: int) -> npt.NDArray[np.float64]:
    """logits [V] -> id of the largest, Σ e^s and Σ e^s s of each set that is not empty, [sets, 3], in f64."""
    ids = np.arange(logits.size)
    lanes = (ids // 4) % threads
    groups = ids // (4 * QUADS * threads)
    rows = []
    for which in np.unique(groups * threads + lanes):
        members = ids[groups * threads + lanes == which]
        wide = logits[members].astype(np.float64)
        s = np.maximum(wide - wide.max(), -80)
        rows.append((members[np.argmax(wide)], np.exp(s).sum(), (np.exp(s) * s).sum()))
    return np.array(rows)
