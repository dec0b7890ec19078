"""The preallocated key-value cache, a pair of buffers or textures for each layer.

A position's keys are [kv head, padded dimension]; software adapters keep f16 caches in textures, which they
load several times faster. The reference path keeps f32 in buffers. Caches of 8 and 4 bits are blocks of 32
codes with a float16 scale (gpu/kernels/kv_codes.py); on software adapters, of heads of more than 64
dimensions, in textures too, where a head's scales take a texel of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from gpu.device import Gpu
from gpu.errors import ConfigError
from gpu.extent import Extent
from gpu.kernels.heads import MAX_HEAD_DIM, CacheLayer, Heads
from gpu.ledger import TEXEL_BYTES

_POSITIONS_LOG2 = 3
_BLOCK = 32
_BITS = {"buffer_f32": 32, "buffer_f16": 16, "texture_f16": 16}
_HEAD_TEXELS = {"texture_q8": 9, "texture_q4": 5}  # of 128 codes and four scales
_BLOCK_BITS = {"buffer_q8": _BLOCK * 8 + 16, "buffer_q4": _BLOCK * 4 + 16}


@dataclass(frozen=True)
class CachePlan:
    """Geometry of one of a layer's two caches."""

    kind: str
    extent: Extent
    width: int = 0
    height: int = 0
    positions_log2: int = 0

    @property
    def size_bytes(self) -> int:
        return self.extent.size_bytes


def cache_kind(gpu: Gpu, heads: Heads, kv_bits: int) -> str:
    """Which cache this adapter gets for `kv_bits` of 4, 8, 16 or 32."""
    if kv_bits == 32:
        return "buffer_f32"
    in_textures = gpu.is_software and gpu.has("texture")
    if kv_bits == 16:
        return "texture_f16" if in_textures else "buffer_f16"
    return f"{'texture' if in_textures and heads.padded_dim == MAX_HEAD_DIM else 'buffer'}_q{kv_bits}"


def plan_layer(heads: Heads, positions: int, kind: str, max_side: int) -> CachePlan:
    """Size of one layer's keys (its values take the same) for `positions` tokens, padded to whole eights."""
    rows = -(-positions // 8) * 8
    row_texels = heads.kv_heads * _HEAD_TEXELS.get(kind, heads.chunks)
    if not kind.startswith("texture"):
        return CachePlan(kind, _extent(heads, rows, kind))
    log2 = _POSITIONS_LOG2
    while log2 > 0 and row_texels << log2 > max_side:
        log2 -= 1
    while -(-rows >> log2) > max_side:
        log2 += 1
    if row_texels << log2 > max_side:
        raise ConfigError(f"A context of {positions:,} tokens does not fit this adapter's textures.")
    width, height = row_texels << log2, -(-rows >> log2)
    return CachePlan(kind, _extent(heads, height << log2, kind), width, height, log2)


def _extent(heads: Heads, positions: int, kind: str) -> Extent:
    if kind in _HEAD_TEXELS:
        texels = _HEAD_TEXELS[kind]
        return Extent.of(TEXEL_BYTES * 8, kv_heads=heads.kv_heads, texels=texels, tokens=positions)
    if kind in _BLOCK_BITS:
        blocks = heads.padded_dim // _BLOCK
        return Extent.of(_BLOCK_BITS[kind], kv_heads=heads.kv_heads, blocks=blocks, tokens=positions)
    return Extent.of(_BITS[kind], kv_heads=heads.kv_heads, head_dimension=heads.padded_dim, tokens=positions)


def allocate_layer(gpu: Gpu, heads: Heads, positions: int, kind: str, name: str) -> CacheLayer:
    """Allocate a layer's keys and values.

    Raises:
        ConfigError: they are larger than this adapter can bind.
    """
    plan = plan_layer(heads, positions, kind, gpu.limits["max-texture-dimension-2d"])
    if kind.startswith("texture"):
        keys, values = (
            gpu.ledger.texture(f"{name} {part}", {"kv_cache": plan.extent}, plan.width, plan.height)
            for part in ("keys", "values")
        )
        return CacheLayer(kind, keys, values, plan.positions_log2)
    if plan.size_bytes > gpu.max_binding_bytes:
        raise ConfigError(
            f"A context of {positions:,} tokens needs {plan.size_bytes:,} bytes of keys a layer, more than "
            f"the {gpu.max_binding_bytes:,} this adapter binds; choose a shorter context."
        )
    keys, values = (
        gpu.ledger.buffer(f"{name} {part}", "kv_cache", plan.extent) for part in ("keys", "values")
    )
    return CacheLayer(kind, keys, values)
