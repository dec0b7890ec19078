"""Reading and nothing else, for measuring memory bandwidth: out[g] = xor of stretch g of x."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.kit import Kit, Op

VECTOR_BYTES = 16


def read_rate(kit: Kit, x: Any, out: Any, groups: int, vectors: int, place: str = "buffer") -> Op:
    """x u32 [groups, vectors · 4], in a "buffer" or a "texture" -> out u32 [groups]."""
    pipeline = kit.pipelines.get(f"lib/stretch_{place}", "read_rate", THREADS=kit.threads)
    uniform = kit.uniform("I12x", vectors)
    return Op(pipeline.bind(reading=uniform, x=x, out=out), lambda _: (groups, 1))


def reference(x: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """x [groups, words] -> [groups]."""
    found: npt.NDArray[np.uint32] = np.bitwise_xor.reduce(x, axis=1)
    return found
