"""m[t] = max_k |x[t, k]|, what a scale wider than a block is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kit import Kit, Op


def absmax(kit: Kit, x: Activations, out: Any) -> Op:
    """x [tokens, K] -> out f32 [tokens]."""
    pipeline = kit.pipelines.get("absmax", THREADS=kit.threads)
    uniform = kit.uniform("I12x", x.blocks)
    return Op(pipeline.bind(x=x.values, rows=uniform, absmax=out), lambda tokens: (tokens, 1))


def reference(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """x [T, K] -> [T]."""
    largest: npt.NDArray[np.float32] = np.abs(x).max(axis=1)
    return largest
