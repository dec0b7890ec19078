"""y = W x for a few tokens, weights in storage buffers; `matmul.reference` is its oracle too."""

from __future__ import annotations

from gpu.activations import Activations
from gpu.kernels.matrix import (
    GatedSums,
    Norm,
    Parts,
    Sums,
    arithmetic_fragments,
    arithmetic_inputs,
    code_fragments,
    loading_parts,
    slab_ops,
    storing_parts,
)
from gpu.kit import MOST_ROUNDS, Kit, Op
from gpu.layouts import DeviceMatrix

ROWS = 4  # of a team of threads
MOST_WORKGROUPS = (
    1024  # that each quantize all of a row: the largest cards have not many more at work at once
)


def matvec(
    kit: Kit,
    matrix: DeviceMatrix,
    x: Activations,
    to: Sums | GatedSums,
    *,
    integer: bool,
    columns: int = 1,
    quantize: int = 0,
    norm: Norm | None = None,
) -> list[Op]:
    """One dispatch for each slab: x [tokens, K] · Wᵀ.

    `columns` tokens, of `COLUMNS`, share the weights that are read. `quantize` is the largest code of
    x.values, which are then quantized on loading, in blocks of 32, and normalised before if there is a
    `norm`: for one token, where `kit.rows` > 0. 0 reads x.codes if the arithmetic is `integer`, or x.values.
    """
    if quantize and columns > 1:
        raise ValueError("activations are quantized on loading for one token at a time")
    lanes, teams = min(kit.threads, 32), kit.rows // ROWS if quantize else 1
    source, inputs, constants = _inputs(kit, matrix, x, integer, quantize, norm)
    store, outputs, more = storing_parts(to)
    names = ("lib/step", "lib/matrix", *source, *store, "matvec")
    pipeline = kit.pipelines.get(*names, LANES=lanes, TEAMS=teams, COLUMNS=columns, **constants, **more)
    rows = _rows_of_workgroup(kit, matrix, lanes, ROWS * teams) if quantize else ROWS
    return slab_ops(kit, pipeline, matrix, {**inputs, **outputs}, to, rows, columns)


def _inputs(
    kit: Kit, matrix: DeviceMatrix, x: Activations, integer: bool, quantize: int, norm: Norm | None
) -> Parts:
    """What loads activations."""
    if quantize == 0:
        names = (*arithmetic_fragments(kit, matrix.spec, integer), "lib/x_stored")
        return names, arithmetic_inputs(x, integer), {}
    names, bindings, constants = loading_parts(x, quantize, norm, kit.threads)
    return (*code_fragments(kit, matrix.spec), *names, "lib/x_staged"), bindings, constants


def _rows_of_workgroup(kit: Kit, matrix: DeviceMatrix, lanes: int, at_once: int) -> int:
    """Several times those it takes `at_once`, where there would be too many workgroups. On software adapters
    one for each processor will do, as long as its loops do not end too early."""
    workgroups = kit.processors if kit.gpu.is_software else MOST_WORKGROUPS
    times = -(-matrix.slabs[0].plan.rows // (at_once * workgroups))
    a_time = (
        2 * -(-matrix.spec.blocks // lanes) + 32
    )  # rounds: K and what is quantized of it, sums and stores
    return at_once * min(times, MOST_ROUNDS // a_time)
