"""Running statistics of every channel: max |x|, Σ |x|, Σ x², and the newest token's values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kit import Kit, Op

ROWS = 4  # absmax, sum of magnitudes, sum of squares, newest values
MAX_TAPS = 5
_THREADS = 32


@dataclass(frozen=True)
class Tap:
    """One site: its activations, and the element of the statistics buffer, a multiple of four, where its
    [ROWS, stride] starts."""

    x: Activations
    offset: int


def channel_stats(kit: Kit, taps: Sequence[Tap], stats: Any) -> Op:
    """Add the rows of up to `MAX_TAPS` activations to `stats` f32, in one dispatch."""
    if not 1 <= len(taps) <= MAX_TAPS:
        raise ValueError(f"{len(taps)} taps, at most {MAX_TAPS}")
    pipeline = kit.pipelines.get("lib/step", "channel_stats", THREADS=_THREADS)
    fields = [number for tap in taps for number in (tap.x.stride // 4, tap.offset // 4, 0, 0)]
    missing = MAX_TAPS - len(taps)
    uniform = kit.uniform("20I", *fields, *([0] * 4 * missing))
    buffers = [tap.x.values for tap in taps] + [taps[0].x.values] * missing
    inputs = {f"x{i}": buffer for i, buffer in enumerate(buffers)}
    dispatch = pipeline.bind(step=kit.step, taps=uniform, stats=stats, **inputs)
    groups = -(-max(tap.x.stride for tap in taps) // (4 * _THREADS))
    return Op(dispatch, lambda _tokens: (groups, len(taps)))


def reference(stats: npt.NDArray[np.float32], x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """stats [ROWS, K] and x [T, K] -> the updated stats."""
    magnitude = np.abs(x)
    return np.stack(
        [
            np.maximum(stats[0], magnitude.max(axis=0)),
            stats[1] + magnitude.sum(axis=0),
            stats[2] + (x * x).sum(axis=0),
            x[-1],
        ]
    )
