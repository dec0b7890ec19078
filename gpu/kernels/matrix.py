"""What the matrix kernels share: which fragments read a format, and the Matrix uniform of a slab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gpu.activations import Activations, blocks_of
from gpu.kit import Kit, Op, tiles
from gpu.layouts import DeviceMatrix, MatrixSpec, Slab
from gpu.pipelines import Pipeline

COLUMNS = (1, 2, 4, 8)  # tokens that share the weights a kernel reads
MANY = 2 * COLUMNS[-1]  # or more: the tokens of a prompt


def columns_for(tokens: int) -> int:
    """The least of `COLUMNS` that serve a pass of so many tokens at once, or `MANY`."""
    return next((columns for columns in COLUMNS if tokens <= columns), MANY)


def value_fragments(spec: MatrixSpec) -> tuple[str, ...]:
    """Files that give `weight_values` for a matrix in storage buffers."""
    if not spec.has_scales:
        return (f"lib/weights_{spec.format}",)
    return (f"lib/weights_{spec.format}", "lib/weight_scale", "lib/dequantize")


def arithmetic_fragments(kit: Kit, spec: MatrixSpec, integer: bool) -> tuple[str, ...]:
    """Files that multiply a matrix in storage buffers with codes (`integer`) or with f32 values."""
    if not integer:
        return (*value_fragments(spec), "lib/arithmetic_f32")
    return (f"lib/weights_{spec.format}", "lib/weight_scale", kit.dot4, "lib/arithmetic_int8")


def arithmetic_inputs(x: Activations, integer: bool) -> dict[str, Any]:
    """What those files read of the activations."""
    return {"x_codes": x.codes, "x_scales": x.scales} if integer else {"x_values": x.values}


def matrix_uniform(
    kit: Kit,
    matrix: DeviceMatrix,
    slab: Slab,
    y_stride: int,
    pairs_per_workgroup: int = 0,
    gated_stride: int = 0,
) -> Any:
    """The Matrix struct of lib/matrix.wgsl."""
    spec, pairs = matrix.spec, matrix.pairs
    return kit.uniform(
        "12I",
        slab.plan.rows,
        slab.plan.row_offset,
        pairs.blocks if pairs else spec.blocks,
        blocks_of(spec.columns),
        y_stride,
        spec.row_scales,
        spec.group // 32,
        pairs.pair_texels if pairs else 0,
        pairs.pairs_log2 if pairs else 0,
        pairs_per_workgroup,
        pairs.chunks if pairs else 0,
        gated_stride,
    )


def slab_ops(
    kit: Kit,
    pipeline: Pipeline,
    matrix: DeviceMatrix,
    inputs: Mapping[str, Any],
    y: Any,
    y_stride: int,
    rows: int,
    tokens: int,
) -> list[Op]:
    """A dispatch for each slab of a matrix in storage buffers, in workgroups of so many rows and tokens."""
    ops = []
    for slab in matrix.slabs:
        uniform = matrix_uniform(kit, matrix, slab, y_stride)
        dispatch = pipeline.bind(step=kit.step, matrix=uniform, y=y, **inputs, **slab.resources)
        ops.append(Op(dispatch, tiles(-(-slab.plan.rows // rows), tokens)))
    return ops
