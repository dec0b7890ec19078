"""y = W x for a few tokens, weights in storage buffers; `matmul.reference` is its oracle too."""

from __future__ import annotations

from typing import Any

from gpu.activations import Activations
from gpu.kernels.matrix import arithmetic_fragments, matrix_uniform
from gpu.kit import Kit, Op, tiles
from gpu.layouts import DeviceMatrix

ROWS = 4


def matvec(
    kit: Kit,
    matrix: DeviceMatrix,
    x: Activations,
    y: Any,
    y_stride: int,
    *,
    integer: bool,
    accumulate: bool,
    columns: int = 1,
) -> list[Op]:
    """One dispatch for each slab: y f32 [tokens, y_stride] (+)= x [tokens, K] · Wᵀ.

    `columns` tokens, of `COLUMNS`, share the weights that are read.
    """
    names = ("lib/step", "lib/matrix", *arithmetic_fragments(kit, matrix.spec, integer), "matvec")
    pipeline = kit.pipelines.get(*names, THREADS=min(kit.threads, 32), COLUMNS=columns, ACCUMULATE=accumulate)
    inputs = {"x_codes": x.codes, "x_scales": x.scales} if integer else {"x_values": x.values}
    ops = []
    for slab in matrix.slabs:
        uniform = matrix_uniform(kit, matrix, slab, y_stride)
        groups = -(-slab.plan.rows // ROWS)
        dispatch = pipeline.bind(step=kit.step, matrix=uniform, y=y, **inputs, **slab.resources)
        ops.append(Op(dispatch, tiles(groups, columns)))
    return ops
