"""Rows of activations copied into a ring, before the next layer writes over them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kit import Kit, Op, tiles

F32 = npt.NDArray[np.float32]


def keep_rows(kit: Kit, x: Activations, kept: Any, capacity: int) -> Op:
    """x.values [tokens, stride] into `kept` f32 [capacity, stride]; a pass has at most `capacity` tokens."""
    pipeline = kit.pipelines.get("lib/step", "keep_rows", THREADS=kit.threads)
    uniform = kit.uniform("2I8x", x.stride // 4, capacity)
    dispatch = pipeline.bind(step=kit.step, x=x.values, kept=kept, rows=uniform)
    return Op(dispatch, tiles(-(-x.stride // (4 * kit.threads))))


def reference(kept: F32, x: F32, position: int) -> F32:
    """kept [capacity, K] and x [T, K], whose first row is at `position` -> the updated ring."""
    updated = kept.copy()
    updated[(position + np.arange(len(x))) % len(kept)] = x
    return updated
