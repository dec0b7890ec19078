"""The share of a few input channels in a matrix product, added in f32 (LLM.int8(), arXiv 2208.07339)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.kit import Kit, Op, tiles

F32 = npt.NDArray[np.float32]


def add_columns(kit: Kit, lifted: Any, columns: Any, count: int, rows: int, y: Any, y_stride: int) -> Op:
    """lifted f32 [tokens, count] times columns f32 [count, rows], added to y f32 [tokens, y_stride]."""
    pipeline = kit.pipelines.get("add_columns", THREADS=kit.threads)
    uniform = kit.uniform("3I4x", rows, y_stride, count)
    dispatch = pipeline.bind(lifted=lifted, columns=columns, y=y, shape=uniform)
    return Op(dispatch, tiles(-(-rows // kit.threads)))


def reference(y: F32, lifted: F32, columns: F32) -> F32:
    """y [T, N] + lifted [T, J] · columns [J, N], computed in f64."""
    added: F32 = (y + lifted.astype(np.float64) @ columns).astype(np.float32)
    return added
