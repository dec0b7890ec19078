"""What a header says of a tensor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TensorInfo:
    """`shape` is as checkpoints orient it, [out, in]; `dtype` as the file spells it."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    size_bytes: int
