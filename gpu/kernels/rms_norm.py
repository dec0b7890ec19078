"""y = x / √(mean x² + ε) · gain, a row at a time (Zhang & Sennrich 2019, arXiv 1910.07467)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kernels.emit import emit_bindings, emit_constants, emit_fragments
from gpu.kit import Kit, Op


def rms_norm(
    kit: Kit, x: Activations, gain: Any, epsilon: float, out: Activations, kind: str, q_max: int = 127
) -> Op:
    """Normalise rows step.first… of x into rows 0… of `out`; gain f32 [K padded to 32]."""
    names = ("lib/step", "lib/reduce", *emit_fragments(kind), "rms_norm")
    pipeline = kit.pipelines.get(*names, THREADS=kit.threads, **emit_constants(kind, q_max))
    uniform = kit.uniform("2If4x", x.width, x.blocks, epsilon)
    dispatch = pipeline.bind(step=kit.step, x=x.values, gain=gain, norm=uniform, **emit_bindings(kind, out))
    return Op(dispatch, lambda tokens: (tokens, 1))


def reference(
    x: npt.NDArray[np.float32], gain: npt.NDArray[np.float32], epsilon: float
) -> npt.NDArray[np.float32]:
    """x [T, K], gain [K] -> [T, K], computed in f64."""
    wide = x.astype(np.float64)
    rms = np.sqrt((wide**2).mean(axis=-1, keepdims=True) + epsilon)
    y: npt.NDArray[np.float32] = (wide / rms * gain).astype(np.float32)
    return y
