"""y = W x for many tokens, weights in storage buffers, tiled through workgroup memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.formats import q8_1
from gpu.kernels.matrix import MANY, arithmetic_fragments, arithmetic_inputs, slab_ops
from gpu.kernels.matvec import matvec
from gpu.kit import Kit, Op
from gpu.layouts import DeviceMatrix

_WIDEST_F32 = 32  # tile: more would take over 16 KiB of workgroup memory, all that every adapter has


def matmul(
    kit: Kit, matrix: DeviceMatrix, x: Activations, y: Any, y_stride: int, *, integer: bool, accumulate: bool
) -> list[Op]:
    """One dispatch for each slab: y f32 [tokens, y_stride] (+)= x [tokens, K] · Wᵀ."""
    names = ("lib/step", "lib/matrix", *arithmetic_fragments(kit, matrix.spec, integer), "matmul")
    tile = kit.tile if integer else min(kit.tile, _WIDEST_F32)
    pipeline = kit.pipelines.get(*names, TILE=tile, ACCUMULATE=accumulate)
    inputs = arithmetic_inputs(x, integer)
    return slab_ops(kit, pipeline, matrix, inputs, y, y_stride, tile, tile)


def product(
    kit: Kit,
    matrix: DeviceMatrix,
    x: Activations,
    y: Any,
    y_stride: int,
    *,
    integer: bool,
    accumulate: bool,
    columns: int,
) -> list[Op]:
    """The same by the kernel for passes of so many tokens: tiles only where there are `MANY`."""
    if columns >= MANY:
        return matmul(kit, matrix, x, y, y_stride, integer=integer, accumulate=accumulate)
    return matvec(kit, matrix, x, y, y_stride, integer=integer, accumulate=accumulate, columns=columns)


def reference(weights: npt.NDArray[np.float32], x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """x · Wᵀ in f64: weights [N, K], x [T, K] -> [T, N]."""
    return (x.astype(np.float64) @ weights.astype(np.float64).T).astype(np.float32)


def reference_w_a8(
    weights: npt.NDArray[np.float32], x: npt.NDArray[np.float32], bits: int = 8, granularity: str = "b32"
) -> npt.NDArray[np.float32]:
    """The same with x quantized to q8_1 first; `weights` are the values their codes stand for."""
    return reference(weights, q8_1.dequantize(q8_1.quantize(x, bits, granularity)))
