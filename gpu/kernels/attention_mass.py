"""Where attention goes: what every position receives of it, and how sharp every query's is."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.kernels.heads import CacheLayer, Heads, heads_uniform
from gpu.kit import MOST_ROUNDS, Kit, Op

F32 = npt.NDArray[np.float32]


def attention_mass(
    kit: Kit,
    heads: Heads,
    cache: CacheLayer,
    q: Any,
    outputs: tuple[Any, Any, Any],
    positions: int,
    first: int,
) -> list[Op]:
    """q f32 [tokens, q_heads, padded_dim], as `attention` reads it, against the cache.

    `outputs` are three f32 [q_heads, positions] buffers: to the first the probabilities that each position
    receives are added, over the queries that stand at `first` or later; the second gets each query's largest
    probability, at its position; the third is scratch.
    """
    names = ("lib/step", *cache.reading, "attention_mass")
    threads = min(max(kit.threads * kit.teams, 64), 256)
    pipeline = kit.pipelines.get(*names, THREADS=threads)
    received, top, scores = outputs
    # The cache's values are declared beside its keys; this kernel does not read them.
    bound = {"keys": cache.keys, "values": cache.values, "q": q, "heads": heads_uniform(kit, heads, cache)}
    outs = {"received": received, "top": top, "scores": scores}
    at_once = _queries_at_once(positions, threads)
    ops = []
    for start in range(0, q.size // (heads.q_heads * heads.padded_dim * 4), at_once):
        mass = kit.uniform("4I", first, positions, start, start + at_once)
        dispatch = pipeline.bind(step=kit.step, mass=mass, **bound, **outs)
        ops.append(Op(dispatch, partial(_grid, heads.q_heads, start)))
    return ops


def _queries_at_once(positions: int, threads: int) -> int:
    """As many as an invocation has rounds for: at most five a position of its own, two for each thread."""
    return max(1, MOST_ROUNDS // (5 * -(-positions // threads) + 2 * threads + 1))


def _grid(q_heads: int, start: int, tokens: int) -> tuple[int, int]:
    return (q_heads if start < tokens else 0, 1)


def reference(q: F32, k: F32, position: int, first: int, window: int | None = None) -> tuple[F32, F32]:
    """q [T, Hq, D] (scaled) at `position`…, k [P, Hkv, D] -> received [Hq, P] and top [Hq, T], in f64."""
    keys = np.repeat(k.astype(np.float64), q.shape[1] // k.shape[1], axis=1)
    scores = np.einsum("thd,phd->htp", q.astype(np.float64), keys)
    at = position + np.arange(len(q))[:, None]
    seen = np.arange(len(k))[None, :]
    hidden = (seen > at) | (seen <= at - window if window is not None else False)
    scores = np.where(hidden, -np.inf, scores)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    counted = shares[:, at[:, 0] >= first]
    return counted.sum(axis=1).astype(np.float32), shares.max(axis=-1).astype(np.float32)
