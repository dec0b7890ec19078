"""y = x / √(mean x² + ε) · gain, a row at a time (Zhang & Sennrich 2019, arXiv 1910.07467)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kernels.emit import emit_bindings, emit_constants, emit_fragments
from gpu.kit import Kit, Op


def raw_parts(raw: Activations | None) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Fragments and bindings of `keep_raw`: what is normalised goes to `raw`.values as it is, if anywhere."""
    return (("lib/keep_no_raw",), {}) if raw is None else (("lib/keep_raw",), {"raw_values": raw.values})


def rms_norm(
    kit: Kit,
    x: Activations,
    gain: Any,
    epsilon: float,
    out: Activations,
    kind: str,
    q_max: int = 127,
    raw: Activations | None = None,
) -> Op:
    """Normalise rows step.first… of x into rows 0… of `out`, and copy them to those of `raw`; gain f32
    [K padded to 32]."""
    keep, kept = raw_parts(raw)
    names = ("lib/step", "lib/reduce", *emit_fragments(kind), *keep, "rms_norm")
    pipeline = kit.pipelines.get(*names, THREADS=kit.threads, **emit_constants(kind, q_max))
    uniform = kit.uniform("2If4x", x.width, x.blocks, epsilon)
    outputs = emit_bindings(kind, out) | kept
    dispatch = pipeline.bind(step=kit.step, x_values=x.values, gain=gain, norm=uniform, **outputs)
    return Op(dispatch, lambda tokens: (tokens, 1))


def reference(
    x: npt.NDArray[np.float32], gain: npt.NDArray[np.float32], epsilon: float
) -> npt.NDArray[np.float32]:
    """x [T, K], gain [K] -> [T, K], computed in f64."""
    wide = x.astype(np.float64)
    rms = np.sqrt((wide**2).mean(axis=-1, keepdims=True) + epsilon)
    y: npt.NDArray[np.float32] = (wide / rms * gain).astype(np.float32)
    return y
