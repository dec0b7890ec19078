"""GGUF headers written from their published layout, for tests that read them."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

F32, F16, Q8_0, Q4_K = 0, 1, 8, 12
QWEN3 = {
    "general.architecture": "qwen3",
    "qwen3.block_count": 2,
    "qwen3.embedding_length": 64,
    "qwen3.feed_forward_length": 96,
    "qwen3.attention.head_count": 4,
    "qwen3.attention.head_count_kv": 2,
    "qwen3.attention.key_length": 32,
    "qwen3.context_length": 1024,
    "qwen3.rope.freq_base": 1e6,
    "tokenizer.ggml.tokens": ["a"] * 100,
    "tokenizer.ggml.scores": [0.5] * 100,
}
TENSORS = [
    ("token_embd.weight", (300, 64), Q8_0),
    ("output_norm.weight", (64,), F32),
    ("blk.0.attn_k.weight", (64, 64), Q8_0),
    ("blk.1.attn_k.weight", (64, 64), Q8_0),
]


def gguf(
    metadata: Mapping[str, Any], tensors: Sequence[tuple[str, tuple[int, ...], int]], version: int = 3
) -> bytes:
    """A header with `tensors` of (name, shape as checkpoints orient it, ggml type)."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    entries = b"".join(_string(key) + _typed(value) for key, value in metadata.items())
    infos = b"".join(
        _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape[::-1], kind, 0)
        for name, shape, kind in tensors
    )
    return head + entries + infos


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _typed(value: Any) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", 8) + _string(value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    items = b"".join(_typed(item)[4:] for item in value)
    kind = 8 if isinstance(value[0], str) else 6
    return struct.pack("<IIQ", 9, kind, len(value)) + items
