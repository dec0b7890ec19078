"""y = W x for a few tokens, weights in storage buffers; `matmul.reference` is its oracle too."""

from __future__ import annotations

from typing import Any

from gpu.activations import Activations
from gpu.kernels.matrix import arithmetic_fragments, arithmetic_inputs, slab_ops
from gpu.kit import Kit, Op
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
    inputs = arithmetic_inputs(x, integer)
    return slab_ops(kit, pipeline, matrix, inputs, y, y_stride, ROWS, columns)
