"""y = silu(gate) · up (Shazeer 2020, arXiv 2002.05202), the input of the down projection."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kernels.emit import emit_bindings, emit_constants, emit_fragments
from gpu.kit import Kit, Op, tiles


def swiglu(kit: Kit, gate_up: Any, out: Activations, kind: str, q_max: int = 127) -> Op:
    """gate_up f32 [tokens, 2 · width] (gate, up, gate, up, …) into `out` [tokens, width]."""
    names = (*emit_fragments(kind), "swiglu")
    pipeline = kit.pipelines.get(*names, THREADS=kit.threads, **emit_constants(kind, q_max))
    uniform = kit.uniform("2I8x", out.width, out.blocks)
    dispatch = pipeline.bind(gate_up=gate_up, mlp=uniform, **emit_bindings(kind, out))
    groups = -(-out.blocks // kit.threads)
    return Op(dispatch, tiles(groups))


def reference(gate: npt.NDArray[np.float32], up: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """gate, up [T, K] -> [T, K], computed in f64."""
    wide = gate.astype(np.float64)
    y: npt.NDArray[np.float32] = (wide / (1 + np.exp(-wide)) * up).astype(np.float32)
    return y
