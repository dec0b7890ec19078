"""y = W x for 4-bit weights in the `pairs` layout and q8_1 activations: the kernel of software adapters."""

from __future__ import annotations

from gpu.activations import Activations
from gpu.kernels.matrix import (
    COLUMNS,
    GatedSums,
    Norm,
    Parts,
    Sums,
    loading_parts,
    matrix_uniform,
    storing_parts,
)
from gpu.kernels.rope_cache import HeadSums
from gpu.kit import MOST_ROUNDS, TEAM_LANES, Kit, Op, tiles
from gpu.layouts import DeviceMatrix


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
    source, inputs, constants = _inputs(x, quantize, norm)
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
    place = matrix.spec.rows if isinstance(to, HeadSums) else to
    uniform = matrix_uniform(kit, matrix, slab, place, per_workgroup)
    dispatch = pipeline.bind(step=kit.step, matrix=uniform, **inputs, **outputs, **slab.resources)
    return [Op(dispatch, tiles(-(-pairs.pairs // per_workgroup), at_once))]


def _inputs(x: Activations, quantize: int, norm: Norm | None) -> Parts:
    """What loads activations."""
    if quantize == 0:
        return ("lib/pairs_x_codes",), {"x_codes": x.codes, "x_scales": x.scales}, {}
    names, bindings, constants = loading_parts(x, quantize, norm, TEAM_LANES)
    return (*names, "lib/pairs_quantize"), bindings, constants


def _outputs(kit: Kit, to: Sums | GatedSums | HeadSums) -> Parts:
    """What stores sums."""
    if not isinstance(to, HeadSums):
        return storing_parts(to)
    fragments = (*to.rotation.fragments, "lib/pairs_store_heads")
    return fragments, {"y": to.qkv, **to.rotation.bindings(kit)}, {}


def _pairs_per_workgroup(pairs: int, processors: int, unit: int, most: int) -> int:
    """Whole units (quads of pairs, or heads) for one workgroup a processor, or several of `most` pairs or
    fewer: each unpacks its activations first, and as software adapters deal workgroups out in equal shares,
    more would balance nothing."""
    workgroups = processors * -(-pairs // (processors * most))
    return max(-(-32 // unit), -(-pairs // workgroups // unit)) * unit
