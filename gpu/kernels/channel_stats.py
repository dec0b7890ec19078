"""Running statistics of every channel: largest magnitudes, sums of powers, counts above two thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kernels.channel_rows import ABSMAX, FOURTHS, HIGH, LOW, NEWEST, PLACE, ROWS, SQUARES, SUM, TOGETHER
from gpu.kit import Kit, Op

MAX_TAPS = 5
_THREADS = 8
_ROUNDS = 16  # where threads run eight to a vector, and a workgroup takes long to begin
U32 = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Tap:
    """Activations, and where in the statistics their first channel stands, a multiple of four. They may be a
    ring of `rows`, a power of two, of which a pass reads no more."""

    x: Activations
    first: int
    rows: int = 1 << 32


def channel_stats(kit: Kit, taps: Sequence[Tap], stats: Any) -> Op:
    """Add rows step.first… of up to `MAX_TAPS` activations to `stats` (32-bit words, `HEADER` of them, then
    [channels / TOGETHER, ROWS, TOGETHER]), in one dispatch."""
    if not 1 <= len(taps) <= MAX_TAPS:
        raise ValueError(f"{len(taps)} taps, at most {MAX_TAPS}")
    slices = max(1, kit.threads // _THREADS)
    rounds = 1 if slices > 1 else _ROUNDS
    sizes = {"THREADS": _THREADS, "SLICES": slices, "LANES": _THREADS * slices, "ROUNDS": rounds}
    pipeline = kit.pipelines.get("lib/step", "channel_stats", **sizes)
    groups = [-(-tap.x.stride // (4 * _THREADS * rounds)) for tap in taps]
    firsts = [sum(groups[:i]) for i in range(len(taps))]
    fields = [
        (tap.x.stride // 4, tap.first // 4, group, tap.rows - 1)
        for tap, group in zip(taps, firsts, strict=True)
    ]
    missing = MAX_TAPS - len(taps)
    uniform = kit.uniform("20I", *chain(*fields, *[(0, 0, sum(groups), 0)] * missing))
    buffers = [tap.x.values for tap in taps] + [taps[0].x.values] * missing
    inputs = {f"x{i}": buffer for i, buffer in enumerate(buffers)}
    dispatch = pipeline.bind(step=kit.step, taps=uniform, stats=stats, **inputs)
    return Op(dispatch, lambda _tokens: (sum(groups), 1))


def header(low: float, high: float) -> U32:
    """The first words of the statistics buffer for two thresholds of |x|."""
    return np.array([low, high, 0, 0], np.float32).view(np.uint32)


def rows_of(words: U32) -> U32:
    """Statistics as they lie in the buffer, without its header -> [ROWS, channels]."""
    return words.reshape(-1, ROWS, TOGETHER).swapaxes(0, 1).reshape(ROWS, -1)


def reference(
    stats: U32, x: npt.NDArray[np.float32], thresholds: tuple[float, float], position: int = 0
) -> U32:
    """stats [ROWS, K] and x [T, K], whose first row is at `position` -> the updated stats."""
    held = stats.view(np.float32).astype(np.float64)
    magnitude = np.abs(x).astype(np.float64)
    sums = {SUM: magnitude, SQUARES: magnitude**2, FOURTHS: magnitude**4}
    rows = stats.copy()
    for row, powers in sums.items():
        rows[row] = (held[row] + powers.sum(axis=0)).astype(np.float32).view(np.uint32)
    largest = np.abs(x).max(axis=0)
    rows[PLACE] = np.where(largest > held[ABSMAX], position + magnitude.argmax(axis=0), stats[PLACE])
    rows[ABSMAX] = np.maximum(stats[ABSMAX].view(np.float32), largest).view(np.uint32)
    rows[NEWEST] = x[-1].view(np.uint32)
    for row, threshold in zip((LOW, HIGH), thresholds, strict=True):
        rows[row] += (magnitude >= np.float32(threshold)).sum(axis=0).astype(np.uint32)
    return rows
