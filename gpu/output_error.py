"""The error that matters: what rounding a layer's weights does to its output on captured activations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.errors import RequestError
from gpu.formats.blocks import F32
from gpu.formats.family import quantize
from gpu.formats.granularity import WORD_BLOCK
from gpu.sweep import Rounding

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OutputError:
    """W [rows, channels] rounded to Ŵ, on X [tokens, channels].

    `relative` is ‖(Ŵ − W)Xᵀ‖ / ‖WXᵀ‖, `by_row` float32 [rows] the same row by row. `by_block` float64 [rows,
    blocks] is ‖(Ŵ − W)_b X_bᵀ‖², what each block of `block` channels would add alone.
    """

    relative: float
    by_row: F32
    by_block: F64
    block: int

    @property
    def share(self) -> F64:
        """Every block's part of the sum over all, [rows, blocks]."""
        shares: F64 = self.by_block / max(float(self.by_block.sum()), np.finfo(np.float64).tiny)
        return shares

    def worst_blocks(self, count: int) -> list[tuple[int, int, float]]:
        """(row, block, share) of those that cause most, largest first."""
        share = self.share
        first = np.argsort(-share, axis=None, kind="stable")[:count]
        rows, blocks = np.unravel_index(first, share.shape)
        return [(int(r), int(b), float(share[r, b])) for r, b in zip(rows, blocks, strict=True)]


def output_error(weights: F32, activations: F32, rounding: Rounding) -> OutputError:
    """Round the weights and multiply.

    Raises:
        RequestError: the activations have other channels than the weights, or there are none.
    """
    check_fit(weights, activations)
    block = min(rounding.granularity.length or WORD_BLOCK, weights.shape[1])
    change = quantize(weights, rounding.format, str(rounding.granularity)).dequantize() - weights
    by_row, of_row = (np.linalg.norm(matrix @ activations.T, axis=1) for matrix in (change, weights))
    relative = np.divide(by_row, of_row, out=np.zeros_like(by_row), where=of_row > 0)
    whole = float(np.linalg.norm(of_row))
    return OutputError(
        relative=float(np.linalg.norm(by_row)) / whole if whole > 0 else 0.0,
        by_row=relative.astype(np.float32),
        by_block=_by_block(change, activations, block),
        block=block,
    )


def relative_output_error(weights: F32, activations: F32, rounding: Rounding) -> float:
    """‖(Ŵ − W)Xᵀ‖ / ‖WXᵀ‖ alone. Raises RequestError as `output_error` does."""
    check_fit(weights, activations)
    change = quantize(weights, rounding.format, str(rounding.granularity)).dequantize() - weights
    whole = float(np.linalg.norm(weights @ activations.T))
    return float(np.linalg.norm(change @ activations.T)) / whole if whole > 0 else 0.0


def check_fit(weights: F32, activations: F32) -> None:
    """Raises RequestError unless the activations [tokens, channels] are what the weights read."""
    if activations.ndim != 2 or not len(activations) or activations.shape[1] != weights.shape[1]:
        raise RequestError(
            f"Weights that read {weights.shape[1]:,} channels do not fit activations of shape "
            f"{activations.shape}."
        )


def _by_block(change: F32, activations: F32, block: int) -> F64:
    """‖e X_bᵀ‖² = e (X_bᵀ X_b) eᵀ, through the small matrix of every block's channels."""
    starts = range(0, change.shape[1], block)
    found = np.empty((len(change), len(starts)))
    for i, start in enumerate(starts):
        e, x = change[:, start : start + block], activations[:, start : start + block].astype(np.float64)
        found[:, i] = np.einsum("nk,nk->n", e @ (x.T @ x), e)
    return np.maximum(found, 0)
