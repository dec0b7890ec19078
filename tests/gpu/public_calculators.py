"""Two public calculators of GGUF memory, rebuilt from the formulas they publish.

*ggufvram* (ggufvram.radicchio.page): parameters · bits a weight / 8, keys and values as everybody reckons
them, and half a GB, all in GiB. *oobabooga* (oobabooga.github.io/blog/posts/gguf-vram-formula): found by
symbolic regression over 19,517 measurements of llama.cpp, the driver's memory included; its author gives a
median error of 365 MiB.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

GIB = 2**30
MIB = 2**20
BITS_A_WEIGHT = 4.83  # what ggufvram's table and others give for Q4_K_M


@dataclass(frozen=True)
class GgufModel:
    """A model as these calculators ask for it."""

    parameters: int
    file_bytes: int
    layers: int
    kv_heads: int
    head_dim: int
    hidden: int


def ggufvram_bytes(model: GgufModel, context_tokens: int) -> float:
    weights = model.parameters * BITS_A_WEIGHT / 8
    cache = 2 * model.layers * model.kv_heads * model.head_dim * context_tokens * 2
    return weights + cache + 0.5 * GIB


def oobabooga_bytes(model: GgufModel, context_tokens: int, cache_bits: int = 16) -> float:
    """All layers on the card."""
    layer_mib = model.file_bytes / MIB / model.layers
    cache = model.kv_heads * cache_bits * context_tokens
    steps = math.floor(50.77817218646521 * model.hidden / context_tokens) + 9.987899908205632
    layers = model.layers + max(0.9690636483914102, cache_bits - steps)
    each_mib = layer_mib - 17.99552795246051 + 3.148552680382576e-05 * cache
    return (each_mib * layers + 1516.522943869404) * MIB
