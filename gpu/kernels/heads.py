"""Shapes of attention as the kernels see them, and how the key-value cache lies on the device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gpu.activations import BLOCK, blocks_of
from gpu.kit import Kit

CHUNK = 8  # dimensions a lane handles at a time
MAX_HEAD_DIM = 128
NO_WINDOW = 0xFFFFFFFF


@dataclass(frozen=True)
class Heads:
    """`window`: positions a token sees, itself included; None for all."""

    q_heads: int
    kv_heads: int
    head_dim: int
    epsilon: float
    window: int | None = None

    @property
    def chunks(self) -> int:
        """Eights of dimensions in a head padded to 64 or 128: whole chunks for eight lanes."""
        return -(-self.head_dim // 64) * 8

    @property
    def padded_dim(self) -> int:
        return self.chunks * CHUNK

    @property
    def group(self) -> int:
        """Query heads for each key-value head."""
        return self.q_heads // self.kv_heads

    @property
    def qkv_width(self) -> int:
        return (self.q_heads + 2 * self.kv_heads) * self.head_dim

    @property
    def out_width(self) -> int:
        return self.q_heads * self.head_dim


@dataclass(frozen=True)
class CacheLayer:
    """Keys and values of one layer: two buffers or two textures, [position, kv head, padded dimension].

    `kind` is "buffer_f16", "buffer_f32", "texture_f16", or "buffer" or "texture" of codes, "_q8" or "_q4".
    """

    kind: str
    keys: Any
    values: Any
    positions_log2: int = 0

    @property
    def reading(self) -> tuple[str, ...]:
        """Fragments that read it."""
        if not self.is_coded:
            return ("lib/heads", f"lib/kv_{'read_' if self.is_texture else ''}{self.kind}")
        where = ("lib/kv_texels", "lib/kv_read_texels") if self.is_texture else ("lib/kv_blocks",)
        return ("lib/heads", *self._codes, *where)

    @property
    def slices(self) -> str:
        """The fragment that reads all that a lane of attention has of a head."""
        return "lib/kv_load_slices" if self.is_coded and self.is_texture else "lib/kv_load_chunks"

    @property
    def writing(self) -> tuple[str, ...]:
        """Fragments that write it."""
        if not self.is_coded:
            kind = f"lib/kv_{'write_' if self.is_texture else ''}{self.kind}"
            return ("lib/heads", kind, "lib/kv_store_chunks")
        codes = ("lib/heads", *self._codes, "lib/kv_encode")
        if self.is_texture:
            return (*codes, "lib/kv_texels", "lib/kv_write_texels")
        return (*codes, "lib/kv_blocks", "lib/kv_write_blocks", "lib/kv_store_chunks")

    @property
    def mixing(self) -> str:
        """The fragment that makes of heads what is kept of them, and the reverse."""
        return "lib/mix_hadamard" if self.is_coded else "lib/mix_not"

    @property
    def is_coded(self) -> bool:
        return "_q" in self.kind

    @property
    def is_texture(self) -> bool:
        return self.kind.startswith("texture")

    @property
    def _codes(self) -> tuple[str, ...]:
        return ("lib/rounding", f"lib/kv_codes_{self.kind[-2:]}")


def heads_uniform(kit: Kit, heads: Heads, cache: CacheLayer) -> Any:
    """The Heads struct of lib/heads.wgsl."""
    return kit.uniform(
        "8If12x",
        heads.q_heads,
        heads.kv_heads,
        heads.head_dim,
        heads.chunks,
        heads.qkv_width,
        blocks_of(heads.out_width) * BLOCK,
        NO_WINDOW if heads.window is None else heads.window,
        cache.positions_log2,
        heads.epsilon,
    )
