"""Grouped-query attention, online softmax over the cache (Milakov & Gimelshein 2018, arXiv 1805.02867).

A token alone has few heads to keep a graphics card busy with: its context may be split among workgroups
(flash-decoding, Dao et al. 2023), whose sums attention_merge adds up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kernels.attention_merge import attention_merge
from gpu.kernels.heads import CacheLayer, Heads, heads_uniform
from gpu.kernels.rope_cache import HeadSums
from gpu.kit import Kit, Op, tiles

MAX_QUERIES = 8
LEAST_SPLIT = 256  # tokens of context: what one workgroup has read before a merge would have begun
F32 = npt.NDArray[np.float32]


def attention(
    kit: Kit,
    heads: Heads,
    cache: CacheLayer,
    q: Any | HeadSums,
    out: Activations,
    *,
    columns: int,
    parts: Any | None = None,
) -> list[Op]:
    """q f32 [tokens, q_heads, padded_dim] against the cache -> out.values [tokens, q_heads · head_dim].

    Where it `makes_heads`, q may be the sums they are made of: the token's key and value then go to the cache
    first. A workgroup serves up to `columns` tokens, which share the keys and values it loads. With room for
    `kit.parts` `parts`, f32 [tokens, q_heads, parts, padded_dim + 4], the context is split among as many.
    """
    group = min(heads.group, MAX_QUERIES)
    tokens_at_once = min(columns, MAX_QUERIES // group)
    count, to = (1, {"out": out.values}) if parts is None else (kit.parts, {"parts": parts})
    store = "lib/attended_whole" if parts is None else "lib/attended_part"
    source, bindings = _queries(kit, heads, cache, q)
    names = ("lib/step", kit.lanes, *cache.reading, cache.slices, *source, store, "attention")
    pipeline = kit.pipelines.get(
        *names,
        PARTS=count,
        QUERIES=group * tokens_at_once,
        GROUP=group,
        WIDE=heads.padded_dim > 64,
        TEAM_THREADS=8 * kit.teams,
    )
    dispatch = pipeline.bind(step=kit.step, **bindings, **to)
    groups = heads.kv_heads * -(-heads.group // group) * count
    merge = [] if parts is None else [attention_merge(kit, heads, cache, parts, out)]
    return [Op(dispatch, tiles(groups, tokens_at_once)), *merge]


def makes_heads(heads: Heads, cache: CacheLayer) -> bool:
    """Whether attention may: one workgroup then serves all queries of a key, and can write what it reads."""
    return heads.group <= MAX_QUERIES and not cache.is_texture


def _queries(
    kit: Kit, heads: Heads, cache: CacheLayer, q: Any | HeadSums
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Files and bindings that give queries, and those of the cache."""
    if isinstance(q, HeadSums):
        return (*q.rotation.making, "lib/queries_made"), {"qkv": q.qkv, **q.rotation.made_of(kit)}
    held = {"keys": cache.keys, "values": cache.values, "heads": heads_uniform(kit, heads, cache)}
    return (cache.mixing, "lib/queries_stored"), {"q": q, **held}


def reference(q: F32, k: F32, v: F32, position: int, window: int | None = None) -> F32:
    """q [T, Hq, D] (scaled) at positions `position`…; k, v [P, Hkv, D] -> [T, Hq · D], computed in f64."""
    tokens, q_heads, _ = q.shape
    group = q_heads // k.shape[1]
    keys, values = (np.repeat(x.astype(np.float64), group, axis=1) for x in (k, v))
    scores = np.einsum("thd,phd->thp", q.astype(np.float64), keys)
    at = position + np.arange(tokens)[:, None, None]
    seen = np.arange(k.shape[0])[None, None, :]
    hidden = (seen > at) | (seen <= at - window if window is not None else False)
    scores = np.where(hidden, -np.inf, scores)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    out: F32 = np.einsum("thp,phd->thd", weights, values).reshape(tokens, -1).astype(np.float32)
    return out
