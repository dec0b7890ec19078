"""What the matrix kernels share: what they make of activations on loading and of sums on storing, which
fragments read a format, and the Matrix uniform of a slab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpu.activations import Activations, blocks_of
from gpu.kernels.rms_norm import raw_parts
from gpu.kit import Kit, Op, tiles
from gpu.layouts import DeviceMatrix, MatrixSpec, Slab
from gpu.pipelines import Pipeline

COLUMNS = (1, 2, 4, 8)  # tokens that share the weights a kernel reads
MANY = 2 * COLUMNS[-1]  # or more: the tokens of a prompt
# Of a kernel: fragments, bindings, constants.
Parts = tuple[tuple[str, ...], dict[str, Any], dict[str, float]]


@dataclass(frozen=True)
class Sums:
    """The product goes to y f32 [tokens, stride], or is added to it."""

    y: Any
    stride: int
    accumulate: bool = False


@dataclass(frozen=True)
class GatedSums:
    """Rows are gate, up, gate, up, …: silu(gate) · up goes to `out`.values. In `partial` f32 [tokens, rows]
    sums wait where K takes several spans."""

    partial: Any
    out: Activations


@dataclass(frozen=True)
class Norm:
    """Rows step.first… of x are normalised as rms_norm does. For a probe, `keep` gets the f32 values, and
    `raw` what they were before."""

    gain: Any
    epsilon: float
    keep: Activations | None = None
    raw: Activations | None = None


def loading_parts(x: Activations, quantize: int, norm: Norm | None, threads: int) -> Parts:
    """Give `loaded`: x.values as a matrix kernel quantizes them to −quantize…quantize, normalised if there is
    a `norm`, whose sum `threads` of each workgroup take."""
    if norm is None:
        return ("lib/rounding", "lib/x_values"), {"x_values": x.values}, {"QMAX": quantize}
    kept = {} if norm.keep is None else {"out_values": norm.keep.values}
    keep = "lib/keep_normed" if kept else "lib/keep_nothing"
    keep_raw, raw = raw_parts(norm.raw)
    constants = {"QMAX": quantize, "WIDTH": x.width, "EPSILON": norm.epsilon, "THREADS": threads}
    bindings = {"x_values": x.values, "gain": norm.gain, **kept, **raw}
    return ("lib/rounding", "lib/reduce", keep, *keep_raw, "lib/x_normed"), bindings, constants


def storing_parts(to: Sums | GatedSums) -> Parts:
    """Give `store_row`, which takes the sum of a row and that of its neighbour."""
    if isinstance(to, Sums):
        return ("lib/store_sums",), {"y": to.y}, {"ACCUMULATE": to.accumulate}
    return ("lib/store_gated",), {"y": to.partial, "gated": to.out.values}, {}


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
    return (*code_fragments(kit, spec), "lib/x_codes")


def code_fragments(kit: Kit, spec: MatrixSpec) -> tuple[str, ...]:
    """Files that multiply it with codes, wherever those are."""
    return (f"lib/weights_{spec.format}", "lib/weight_scale", kit.dot4, "lib/arithmetic_int8")


def arithmetic_inputs(x: Activations, integer: bool) -> dict[str, Any]:
    """What those files read of the activations."""
    return {"x_codes": x.codes, "x_scales": x.scales} if integer else {"x_values": x.values}


def matrix_uniform(
    kit: Kit,
    matrix: DeviceMatrix,
    slab: Slab,
    to: Sums | GatedSums | int,
    pairs_per_workgroup: int = 0,
) -> Any:
    """The Matrix struct of lib/matrix.wgsl; `to` is where sums go, or the distance between their rows."""
    spec, pairs = matrix.spec, matrix.pairs
    return kit.uniform(
        "12I",
        slab.plan.rows,
        slab.plan.row_offset,
        pairs.blocks if pairs else spec.blocks,
        blocks_of(spec.columns),
        to if isinstance(to, int) else to.stride if isinstance(to, Sums) else spec.rows,
        spec.row_scales,
        spec.group // 32,
        pairs.pair_texels if pairs else 0,
        pairs.pairs_log2 if pairs else 0,
        pairs_per_workgroup,
        pairs.chunks if pairs else 0,
        to.out.stride if isinstance(to, GatedSums) else 0,
    )


def slab_ops(
    kit: Kit,
    pipeline: Pipeline,
    matrix: DeviceMatrix,
    bindings: Mapping[str, Any],
    to: Sums | GatedSums,
    rows: int,
    tokens: int,
) -> list[Op]:
    """A dispatch for each slab of a matrix in storage buffers, in workgroups of so many rows and tokens."""
    ops = []
    for slab in matrix.slabs:
        uniform = matrix_uniform(kit, matrix, slab, to, rows // 2)
        dispatch = pipeline.bind(step=kit.step, matrix=uniform, **bindings, **slab.resources)
        ops.append(Op(dispatch, tiles(-(-slab.plan.rows // rows), tokens)))
    return ops
