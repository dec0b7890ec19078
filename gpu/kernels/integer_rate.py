"""Integer products of registers and nothing else, for measuring their throughput."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.kit import Kit, Op

# Of an invocation's iteration: eight dot products of four multiplications and additions, or of two.
OPERATIONS = {"dot4": 8 * 8, "pairs": 8 * 4}
_FIRST = np.array([0x01020304, 0x7F80FE01, 0x55AA33CC, 0x10F00FF1], np.uint32)
_MASK = np.uint32(0x00FF00FF)


def integer_rate(kit: Kit, out: Any, groups: int, iterations: int, product: str) -> Op:
    """out i32 [groups · kit.threads]; `product` is "dot4" or "pairs"; iterations are whole fours."""
    fragments = (kit.dot4, "lib/product_dot4") if product == "dot4" else ("lib/product_pairs",)
    pipeline = kit.pipelines.get(*fragments, "integer_rate", THREADS=kit.threads)
    uniform = kit.uniform("I12x", iterations)
    return Op(pipeline.bind(work=uniform, out=out), lambda _: (groups, 1))


def reference(invocations: int, iterations: int, product: str) -> npt.NDArray[np.int32]:
    """i32 [invocations], wrapping as the device does."""
    word = np.arange(invocations, dtype=np.uint32)
    first = _FIRST[None, :] + word[:, None]
    others = np.concatenate([first, first ^ _MASK], axis=1)
    multiply = _dot4 if product == "dot4" else _pairs
    sums = np.zeros(invocations, np.int32)
    for _ in range(iterations):
        word = word * np.uint32(1664525) + np.uint32(1013904223)
        sums += multiply(word[:, None], others).sum(axis=1, dtype=np.int32)
    return sums


def _dot4(a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    """a [n, 1], b [n, 8] -> [n, 8]."""
    products: npt.NDArray[np.int32] = (_signed_bytes(a) * _signed_bytes(b)).sum(axis=2, dtype=np.int32)
    return products


def _pairs(a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    return (a * b).view(np.int32)


def _signed_bytes(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    """[n, k] -> [n, k, 4]."""
    return np.ascontiguousarray(words).view(np.int8).reshape(*words.shape, 4).astype(np.int32)
