"""Which experts a token takes and with which shares, from the router's logits.

Softmax over all experts in f32, the k largest, renormalised only where the model says so (Qwen3-MoE's
`norm_topk_prob`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.kit import Kit, Op, tiles


def route(kit: Kit, logits: Any, chosen: Any, shares: Any, experts: int, each: int, *, normalise: bool) -> Op:
    """logits f32 [tokens, experts] -> chosen u32 and shares f32 [tokens, each]."""
    pipeline = kit.pipelines.get("route", NORMALISE=normalise)
    uniform = kit.uniform("2I8x", experts, each)
    dispatch = pipeline.bind(routing=uniform, logits=logits, chosen=chosen, shares=shares)
    return Op(dispatch, tiles(1))


def reference(
    logits: npt.NDArray[np.float32], each: int, *, normalise: bool
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32]]:
    """logits [T, E] -> chosen [T, k] in falling order, shares [T, k], computed in f64."""
    wide = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    p = wide / wide.sum(axis=1, keepdims=True)
    chosen = np.argsort(-logits, axis=1, kind="stable")[:, :each]
    shares = np.take_along_axis(p, chosen, axis=1)
    if normalise:
        shares /= shares.sum(axis=1, keepdims=True)
    return chosen.astype(np.uint32), shares.astype(np.float32)
