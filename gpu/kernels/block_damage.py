"""The damage of blocks under symmetric grids, reduced on the device; block_damage.wgsl says what it sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu.damage import measure
from gpu.formats.ggml_blocks import Q4_0, Q8_0
from gpu.formats.integers import SymmetricInt, largest_code
from gpu.formats.number_format import NumberFormat
from gpu.kit import Kit
from gpu.pipelines import Dispatch

BLOCKS = 16  # of one invocation
SUMS = np.dtype(
    [
        *((name, np.float32) for name in ("signal", "noise", "max_error", "worst_ratio")),
        *((name, np.uint32) for name in ("worst_block", "zeroed", "largest_bits", "unused")),
    ]
)
INFINITY_BITS = 0x7F800000


@dataclass(frozen=True)
class Rule:
    """Which grid: the kernel's RULE and its largest code."""

    number: int
    q_max: int


def rule_of(number_format: NumberFormat) -> Rule | None:
    """How the kernel rounds to this format; None if it does not."""
    if isinstance(number_format, SymmetricInt):
        return Rule(0, largest_code(number_format.bits))
    if isinstance(number_format, Q8_0):
        return Rule(1, 127)
    return Rule(2, 8) if isinstance(number_format, Q4_0) else None


def workgroups(kit: Kit, blocks: int) -> int:
    return -(-blocks // (kit.threads * BLOCKS))


def block_damage(
    kit: Kit, number_format: NumberFormat, dtype: str, block: int, blocks: int, buffers: dict[str, Any]
) -> Dispatch:
    """Over `blocks` blocks of `block` values, a multiple of four, stored as "bf16", "f16" or "f32".

    `buffers`: stored, sums (SUMS a workgroup), counts (u32, one a number of levels, added to).
    """
    rule = rule_of(number_format)
    if rule is None or block % 4:
        raise ValueError(f"no rule for {number_format.spec.name} in blocks of {block}")
    pipeline = kit.pipelines.get(
        *(f"lib/quads_{dtype}", "block_damage"),
        THREADS=kit.threads,
        BLOCKS=BLOCKS,
        QUADS=block // 4,
        RULE=rule.number,
        QMAX=rule.q_max,
        LEVELS=number_format.spec.levels,
    )
    return pipeline.bind(part=kit.uniform("I12x", blocks), **buffers)


def reference(
    values: npt.NDArray[np.float32], number_format: NumberFormat, block: int
) -> tuple[npt.NDArray[np.void], npt.NDArray[np.int64]]:
    """One SUMS over the flat `values` and the counts of levels; `largest_bits` are those of max |x|."""
    damage = measure(values.reshape(-1, block), number_format, f"b{block}")
    totals, worst = damage.totals, damage.worst_block
    ratio = 0.0 if worst is None else 10 ** (-float(damage.field_sqnr_db[worst]) / 10)
    bits = np.abs(values).max().astype(np.float32).view(np.uint32)
    sums = np.zeros((), SUMS)
    for name, value in (
        *(("signal", totals.signal), ("noise", totals.noise), ("max_error", totals.max_error)),
        *(("worst_ratio", ratio), ("worst_block", 0 if worst is None else worst[0])),
        *(("zeroed", totals.zeroed), ("largest_bits", bits)),
    ):
        sums[name] = value
    return sums, totals.levels
