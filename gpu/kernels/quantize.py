"""q8_1 codes of f32 rows at any granularity the integer kernels take; `q8_1.quantize` is the oracle."""

from __future__ import annotations

from typing import Any

from gpu.activations import BLOCK, Activations
from gpu.errors import SchemeError
from gpu.formats.q8_1 import Q_MAX
from gpu.kernels.absmax import absmax
from gpu.kit import Kit, Op, tiles

_SCOPES = {"token": 1, "tensor": 2}


def blocks_per_scale(granularity: str) -> int:
    """Blocks of 32 under one scale of a `b<N>` granularity.

    Raises:
        SchemeError: N is not a multiple of 32, the block of the integer dot product.
    """
    length = int(granularity[1:])
    if length % BLOCK:
        raise SchemeError(
            f"Activations @{granularity} cannot run: the integer kernels need blocks in multiples of {BLOCK}."
        )
    return length // BLOCK


def quantize(kit: Kit, x: Activations, row_absmax: Any, bits: int, granularity: str) -> list[Op]:
    """Write x.codes and x.scales from x.values; `row_absmax` f32 [tokens] is scratch for wide scales."""
    wide = granularity in _SCOPES
    pipeline = kit.pipelines.get(
        *("lib/step", "lib/rounding", "lib/q8_1", "quantize"),
        THREADS=kit.threads,
        QMAX=Q_MAX[bits],
        SCOPE=_SCOPES.get(granularity, 0),
        BLOCKS_PER_SCALE=1 if wide else blocks_per_scale(granularity),
    )
    uniform = kit.uniform("I12x", x.blocks)
    dispatch = pipeline.bind(
        step=kit.step,
        x=x.values,
        rows=uniform,
        row_absmax=row_absmax,
        out_codes=x.codes,
        out_scales=x.scales,
    )
    groups = -(-x.blocks // kit.threads)
    op = Op(dispatch, tiles(groups))
    return [absmax(kit, x, row_absmax), op] if wide else [op]
