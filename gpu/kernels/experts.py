"""Products with the experts that tokens chose, weights in storage buffers, one expert after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.activations import Activations
from gpu.kernels.matrix import arithmetic_fragments, matrix_uniform
from gpu.kit import Kit, Op, tiles
from gpu.layouts import DeviceMatrix
from gpu.pipelines import Dispatch

ROWS = 4
F32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Choice:
    """On the device: which experts tokens take, u32 [tokens, each], and their shares, f32 [tokens, each]."""

    chosen: Any
    shares: Any
    each: int


def gather(
    kit: Kit, matrix: DeviceMatrix, x: Activations, y: Any, choice: Choice, *, integer: bool
) -> list[Op]:
    """y f32 [tokens · each, rows of an expert] from x [tokens, K]; one dispatch for each slab."""
    rows, each = matrix.spec.unit_rows, choice.each
    bound = _bind(kit, matrix, x, (y, rows), choice, integer=integer, scatter=False)
    return [Op(dispatch, lambda tokens: (-(-rows // ROWS), tokens * each)) for dispatch in bound]


def scatter(
    kit: Kit, matrix: DeviceMatrix, x: Activations, y: Activations, choice: Choice, *, integer: bool
) -> list[Op]:
    """y.values f32 [tokens, H] += the shares of x [tokens · each, K] through its experts."""
    bound = _bind(kit, matrix, x, (y.values, y.stride), choice, integer=integer, scatter=True)
    return [Op(dispatch, tiles(-(-matrix.spec.unit_rows // ROWS))) for dispatch in bound]


def _bind(
    kit: Kit,
    matrix: DeviceMatrix,
    x: Activations,
    y: tuple[Any, int],
    choice: Choice,
    *,
    integer: bool,
    scatter: bool,
) -> Iterator[Dispatch]:
    """`y` is the buffer and the distance between its rows."""
    names = ("lib/matrix", *arithmetic_fragments(kit, matrix.spec, integer), "lib/reduce", "experts")
    pipeline = kit.pipelines.get(*names, THREADS=min(kit.threads, 32), SCATTER=scatter)
    inputs = {"x_codes": x.codes, "x_scales": x.scales} if integer else {"x_values": x.values}
    choices, rows = {"chosen": choice.chosen, "shares": choice.shares}, matrix.spec.unit_rows
    for slab in matrix.slabs:
        first, count = slab.plan.row_offset // rows, slab.plan.rows // rows
        experts = kit.uniform("4I", rows, first, count, choice.each)
        uniform = matrix_uniform(kit, matrix, slab, y[1])
        yield pipeline.bind(matrix=uniform, experts=experts, y=y[0], **choices, **inputs, **slab.resources)


def gather_reference(weights: F32, x: F32, chosen: npt.NDArray[np.uint32]) -> F32:
    """weights [E, R, K], x [T, K], chosen [T, k] -> [T · k, R], in f64."""
    products = np.einsum("tirk,tk->tir", weights[chosen].astype(np.float64), x.astype(np.float64))
    found: F32 = products.reshape(-1, weights.shape[1]).astype(np.float32)
    return found


def scatter_reference(weights: F32, x: F32, chosen: npt.NDArray[np.uint32], shares: F32) -> F32:
    """weights [E, R, K], x [T · k, K], chosen and shares [T, k] -> [T, R], in f64."""
    tokens, each = chosen.shape
    slots = x.reshape(tokens, each, -1).astype(np.float64)
    products = np.einsum(
        "tirk,tik,ti->tr", weights[chosen].astype(np.float64), slots, shares.astype(np.float64)
    )
    found: F32 = products.astype(np.float32)
    return found
