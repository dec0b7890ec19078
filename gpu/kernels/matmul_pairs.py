"""y = W x for 4-bit weights in the `pairs` layout and q8_1 activations: the kernel of software adapters."""

from __future__ import annotations

from typing import Any

from gpu.activations import Activations
from gpu.kernels.matrix import matrix_uniform
from gpu.kit import Kit, Op, tiles
from gpu.layouts import DeviceMatrix

TOKENS = 8


def matmul_pairs(
    kit: Kit, matrix: DeviceMatrix, x: Activations, y: Any, y_stride: int, *, many: bool, accumulate: bool
) -> list[Op]:
    """y f32 [tokens, y_stride] (+)= x [tokens, K] · Wᵀ; `many` shares each weight among eight tokens.

    `matmul.reference_w_a8` is its oracle.
    """
    pairs, tokens_at_once = matrix.pairs, TOKENS if many else 1
    if pairs is None:
        raise ValueError(f"{matrix.spec.name} is not in the pairs layout")
    pipeline = kit.pipelines.get(
        *("lib/step", "lib/matrix", kit.lanes, "matmul_pairs"),
        CHUNKS=pairs.chunks,
        TOKENS=tokens_at_once,
        ACCUMULATE=accumulate,
    )
    slab = matrix.slabs[0]
    per_workgroup = _pairs_per_workgroup(pairs.pairs, many)
    groups = -(-pairs.pairs // per_workgroup)
    dispatch = pipeline.bind(
        step=kit.step,
        matrix=matrix_uniform(kit, matrix, slab, y_stride, per_workgroup),
        x_codes=x.codes,
        x_scales=x.scales,
        y=y,
        **slab.resources,
    )
    return [Op(dispatch, tiles(groups, tokens_at_once))]


def _pairs_per_workgroup(pairs: int, many: bool) -> int:
    """Many pairs repay unpacking the activations; one token's workgroups must also go round the cores."""
    return min(128, pairs) if many else max(32, min(64, pairs // 16))
