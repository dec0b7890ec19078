"""y = W x for 4-bit weights in the `pairs` layout and q8_1 activations: the kernel of software adapters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gpu.activations import Activations
from gpu.kernels.matrix import COLUMNS, matrix_uniform
from gpu.kernels.rope_cache import Rotation
from gpu.kit import MOST_ROUNDS, Kit, Op, tiles
from gpu.layouts import DeviceMatrix


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
class HeadSums:
    """Rows are q|k|v of one token at a time: sums wait in `qkv` f32 [tokens, rows] until heads are whole."""

    qkv: Any
    rotation: Rotation


@dataclass(frozen=True)
class Norm:
    """Rows step.first… of x are normalised as rms_norm does; `keep` gets the f32 values, for a probe."""

    gain: Any
    epsilon: float
    keep: Activations | None = None


def matmul_pairs(
    kit: Kit,
    matrix: DeviceMatrix,
    x: Activations,
    to: Sums | GatedSums | HeadSums,
    *,
    columns: int,
    quantize: int = 0,
    norm: Norm | None = None,
) -> list[Op]:
    """x [tokens, K] · Wᵀ; each weight read is shared by up to eight tokens, as `columns` says.

    `quantize` is the largest code of x.values, which are then quantized on loading, in blocks of 32, and
    normalised before if there is a `norm`, which serves one column; 0 reads x.codes. `matmul.reference_w_a8`,
    `rms_norm.reference` and `swiglu.reference` are its oracles.
    """
    pairs, at_once = matrix.pairs, min(columns, COLUMNS[-1])
    if pairs is None:
        raise ValueError(f"{matrix.spec.name} is not in the pairs layout")
    if at_once > 1 and (norm is not None or isinstance(to, HeadSums)):
        raise ValueError("norms and heads are fused for one token at a time")
    source, inputs, constants = _inputs(x, quantize) if norm is None else _normed(x, quantize, norm)
    store, outputs, more = _outputs(kit, to)
    names = ("lib/step", "lib/matrix", kit.lanes, "lib/pairs_block", *source, *store, "matmul_pairs")
    spans = pairs.blocks // (8 * pairs.chunks)
    pipeline = kit.pipelines.get(
        *names,
        CHUNKS=pairs.chunks,
        SPANS=spans,
        TOKENS=at_once,
        **constants,
        **more,
    )
    slab = matrix.slabs[0]
    unit = to.rotation.heads.head_dim // 2 if isinstance(to, HeadSums) else 4
    per_workgroup = _pairs_per_workgroup(pairs.pairs, kit.processors, unit, MOST_ROUNDS // spans)
    y_stride = to.stride if isinstance(to, Sums) else matrix.spec.rows
    gated_stride = to.out.stride if isinstance(to, GatedSums) else 0
    uniform = matrix_uniform(kit, matrix, slab, y_stride, per_workgroup, gated_stride)
    dispatch = pipeline.bind(step=kit.step, matrix=uniform, **inputs, **outputs, **slab.resources)
    return [Op(dispatch, tiles(-(-pairs.pairs // per_workgroup), at_once))]


def _inputs(x: Activations, quantize: int) -> tuple[tuple[str, ...], dict[str, Any], dict[str, float]]:
    """Fragments, bindings and constants that load activations."""
    if quantize:
        names = ("lib/rounding", "lib/pairs_quantize", "lib/pairs_x_values")
        return names, {"x_values": x.values}, {"QMAX": quantize}
    return ("lib/pairs_x_codes",), {"x_codes": x.codes, "x_scales": x.scales}, {}


def _normed(
    x: Activations, quantize: int, norm: Norm
) -> tuple[tuple[str, ...], dict[str, Any], dict[str, float]]:
    """The same for values that are normalised on the way."""
    kept = {} if norm.keep is None else {"out_values": norm.keep.values}
    keep = ("lib/write_values", "lib/pairs_keep") if kept else ("lib/pairs_keep_nothing",)
    names = ("lib/rounding", "lib/pairs_quantize", *keep, "lib/pairs_x_normed")
    constants = {"QMAX": quantize, "WIDTH": x.width, "EPSILON": norm.epsilon}
    return names, {"x_values": x.values, "gain": norm.gain, **kept}, constants


def _outputs(
    kit: Kit, to: Sums | GatedSums | HeadSums
) -> tuple[tuple[str, ...], dict[str, Any], dict[str, float]]:
    """Fragments, bindings and constants that store sums."""
    if isinstance(to, Sums):
        return ("lib/pairs_store",), {"y": to.y}, {"ACCUMULATE": to.accumulate}
    if isinstance(to, GatedSums):
        return ("lib/pairs_store_gated",), {"y": to.partial, "gated": to.out.values}, {}
    fragments = (*to.rotation.fragments, "lib/pairs_store_heads")
    return fragments, {"y": to.qkv, **to.rotation.bindings(kit)}, {}


def _pairs_per_workgroup(pairs: int, processors: int, unit: int, most: int) -> int:
    """Whole units (quads of pairs, or heads) for one workgroup a processor, or several of `most` pairs or
    fewer: each unpacks its activations first, and as software adapters deal workgroups out in equal shares,
    more would balance nothing."""
    workgroups = processors * -(-pairs // (processors * most))
    return max(-(-32 // unit), -(-pairs // workgroups // unit)) * unit
