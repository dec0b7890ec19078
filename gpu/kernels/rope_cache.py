"""From the q|k|v product to rotated queries and the key-value cache.

Per head of q and k: RMS normalisation with a gain over head_dim, then half-split rotary embedding
(Su et al. 2021, arXiv 2104.09864); q is divided by √head_dim here, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.kernels import rms_norm
from gpu.kernels.heads import CacheLayer, Heads, heads_uniform
from gpu.kit import Kit, Op, tiles

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Rotation:
    """Where the heads of q|k|v go, for the kernels that take lib/rotate.wgsl.

    `gains` are the q and k norms f32 [head_dim]; `rope` is f32 [positions, head_dim] (cosines, then sines);
    queries go to q_out f32 [tokens, q_heads, padded_dim], keys and values to the cache at step.position…
    Queries and keys come in the order of `paired`, values in their own.
    """

    heads: Heads
    cache: CacheLayer
    gains: tuple[Any, Any]
    rope: Any
    q_out: Any

    @property
    def making(self) -> tuple[str, ...]:
        """Files that make heads, for whoever stores them."""
        return (*self.cache.writing, self.cache.mixing, "lib/rotate")

    @property
    def fragments(self) -> tuple[str, ...]:
        return (*self.making, "lib/rotate_heads")

    def made_of(self, kit: Kit) -> dict[str, Any]:
        """What the files of `making` bind."""
        return {
            "keys": self.cache.keys,
            "values": self.cache.values,
            "q_gain": self.gains[0],
            "k_gain": self.gains[1],
            "rope": self.rope,
            "heads": heads_uniform(kit, self.heads, self.cache),
        }

    def bindings(self, kit: Kit) -> dict[str, Any]:
        return {**self.made_of(kit), "q_out": self.q_out}


@dataclass(frozen=True)
class HeadSums:
    """Sums that are q|k|v of one token at a time wait in `qkv` f32 [tokens, qkv_width] until a kernel makes
    heads of them."""

    qkv: Any
    rotation: Rotation


def rope_cache(kit: Kit, qkv: Any, to: Rotation) -> Op:
    """qkv f32 [tokens, qkv_width] -> queries and the cache."""
    heads = to.heads.q_heads + 2 * to.heads.kv_heads
    at_once = heads if kit.gpu.is_software else 1  # a lone team takes all: they share what they load
    names = ("lib/step", kit.lanes, *to.fragments, "rope_cache")
    pipeline = kit.pipelines.get(*names, HEADS=at_once)
    dispatch = pipeline.bind(step=kit.step, qkv=qkv, **to.bindings(kit))
    return Op(dispatch, tiles(heads // at_once))


def paired(x: F32) -> F32:
    """The order in which the device holds rotated heads [..., D]: four dimensions, their four partners, …"""
    low, high = (half.reshape(*x.shape[:-1], -1, 4) for half in np.split(x, 2, axis=-1))
    return np.concatenate([low, high], axis=-1).reshape(x.shape)


def rotate(x: F32, table: F32) -> F32:
    """Rotary embedding of x [T, H, D] by rows [T, D] of a table (cos half | sin half)."""
    half = x.shape[-1] // 2
    cos, sin = table[:, None, :half], table[:, None, half:]
    low, high = x[..., :half], x[..., half:]
    return np.concatenate([low * cos - high * sin, high * cos + low * sin], axis=-1)


def reference(heads: Heads, qkv: F32, gains: tuple[F32, F32], table: F32) -> tuple[F32, F32, F32]:
    """qkv [T, qkv_width] -> q [T, Hq, D] (scaled), k [T, Hkv, D], v [T, Hkv, D]; table [T, D]."""
    split = np.cumsum([heads.q_heads, heads.kv_heads]) * heads.head_dim
    q, k, v = (part.reshape(len(qkv), -1, heads.head_dim) for part in np.split(qkv, split, axis=1))
    q = rotate(rms_norm.reference(q, gains[0], heads.epsilon), table) / np.sqrt(heads.head_dim)
    k = rotate(rms_norm.reference(k, gains[1], heads.epsilon), table)
    return q.astype(np.float32), k.astype(np.float32), v
