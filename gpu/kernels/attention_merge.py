"""What workgroups that attended to a part of the context each make together."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kernels.heads import CacheLayer, Heads, heads_uniform
from gpu.kit import Kit, Op, tiles

F32 = npt.NDArray[np.float32]


def attention_merge(kit: Kit, heads: Heads, cache: CacheLayer, parts: Any, out: Activations) -> Op:
    """parts f32 [tokens, q_heads, kit.parts, padded_dim + 4] -> out.values [tokens, q_heads · head_dim].

    Behind the sums of a part lie its maximum and its weight.
    """
    pipeline = kit.pipelines.get("lib/heads", "attention_merge", PARTS=kit.parts)
    uniform = heads_uniform(kit, heads, cache)
    return Op(pipeline.bind(parts=parts, out=out.values, heads=uniform), tiles(heads.q_heads))


def reference(sums: F32, maxima: F32, weights: F32) -> F32:
    """sums [T, H, P, D], maxima and weights [T, H, P] -> [T, H · D], computed in f64."""
    shares = np.exp(maxima.astype(np.float64) - maxima.max(axis=-1, keepdims=True))
    total = np.einsum("thp,thpd->thd", shares, sums.astype(np.float64))
    out: F32 = (total / np.sum(shares * weights, axis=-1, keepdims=True)).astype(np.float32)
    return out.reshape(len(out), -1)
