"""Running statistics of every channel: max |x|, Σ |x|, Σ x², and the newest token's values."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kit import Kit, Op

ROWS = 4  # absmax, sum of magnitudes, sum of squares, newest values
_THREADS = 64


def channel_stats(kit: Kit, x: Activations, stats: Any, offset: int) -> Op:
    """Add x [tokens, K] to `stats` f32 [ROWS, K] lying at element `offset` of the buffer."""
    threads = kit.threads if kit.threads < _THREADS else _THREADS
    pipeline = kit.pipelines.get("lib/step", "channel_stats", THREADS=threads)
    uniform = kit.uniform("site shape", "3I4x", x.stride, x.width, offset)
    dispatch = pipeline.bind(step=kit.step, x=x.values, site=uniform, stats=stats)
    groups = -(-x.width // threads)
    return Op(dispatch, lambda _tokens: (groups, 1))


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
