"""y = W x for many tokens, weights in storage buffers, tiled through workgroup memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.formats import q8_1
from gpu.kernels.matrix import (
    MANY,
    GatedSums,
    Norm,
    Sums,
    arithmetic_fragments,
    arithmetic_inputs,
    slab_ops,
)
from gpu.kernels.matvec import matvec
from gpu.kit import Kit, Op
from gpu.layouts import DeviceMatrix

_WIDEST_F32 = 32  # tile: more would take over 16 KiB of workgroup memory, all that every adapter has


def matmul(
    kit: Kit, matrix: DeviceMatrix, x: Activations, to: Sums | GatedSums, *, integer: bool
) -> list[Op]:
    """One dispatch for each slab: x [tokens, K] · Wᵀ."""
    if isinstance(to, GatedSums):
        raise TypeError(f"tiles of {matrix.spec.name} are not gated")
    names = ("lib/step", "lib/matrix", *arithmetic_fragments(kit, matrix.spec, integer), "matmul")
    tile = kit.tile if integer else min(kit.tile, _WIDEST_F32)
    pipeline = kit.pipelines.get(*names, TILE=tile, ACCUMULATE=to.accumulate)
    bindings = {"y": to.y, **arithmetic_inputs(x, integer)}
    return slab_ops(kit, pipeline, matrix, bindings, to, tile, tile)


def product(
    kit: Kit,
    matrix: DeviceMatrix,
    x: Activations,
    to: Sums | GatedSums,
    *,
    integer: bool,
    columns: int,
    quantize: int = 0,
    norm: Norm | None = None,
) -> list[Op]:
    """The same by the kernel for passes of so many tokens: tiles only where there are `MANY`."""
    if columns >= MANY:
        return matmul(kit, matrix, x, to, integer=integer)
    return matvec(kit, matrix, x, to, integer=integer, columns=columns, quantize=quantize, norm=norm)


def reference(weights: npt.NDArray[np.float32], x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """x · Wᵀ in f64: weights [N, K], x [T, K] -> [T, N]."""
    return (x.astype(np.float64) @ weights.astype(np.float64).T).astype(np.float32)


def reference_w_a8(
    weights: npt.NDArray[np.float32], x: npt.NDArray[np.float32], bits: int = 8, granularity: str = "b32"
) -> npt.NDArray[np.float32]:
    """The same with x quantized to q8_1 first; `weights` are the values their codes stand for."""
    return reference(weights, q8_1.dequantize(q8_1.quantize(x, bits, granularity)))
