"""How fast a model can be at best: bytes that must be read against bandwidth, arithmetic against peak.

decode: t >= max((weights of one token + batch · context · KV bytes) / bandwidth, batch · operations / peak);
prefill: t >= operations / peak a token, of the layers' matrices only: logits are for the last token, and
attention (quadratic in the prompt) comes on top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from gpu.budget import NORM_BYTES, kv_bytes_per_token, matrix_terms
from gpu.errors import RequestError
from gpu.model_shape import ModelShape
from gpu.scheme import Scheme


@dataclass(frozen=True)
class SpeedFloor:
    """Floors are None where the figure they need is not given."""

    decode_bytes: int  # read by one step of decoding, for the whole batch
    prefill_operations: int  # multiplications and additions of one prompt token
    decode_floor_ms: float | None
    decode_bound_by: Literal["bytes", "arithmetic"] | None
    prefill_floor_ms_per_token: float | None


def speed_floor(
    shape: ModelShape,
    scheme: Scheme,
    context_tokens: int,
    batch: int = 1,
    bandwidth_bytes_per_s: float | None = None,
    operations_per_s: float | None = None,
) -> SpeedFloor:
    """Floors of one decode step with the context full, and of prefill.

    Raises:
        RequestError: a bandwidth or peak that is not a positive number.
    """
    weights = sum(
        term.size_bytes * matrix.active // matrix.count
        for matrix in shape.matrices
        for term in matrix_terms(matrix, scheme)
    )
    cache = batch * context_tokens * kv_bytes_per_token(shape, scheme)
    decode_bytes = weights + shape.norm_values * NORM_BYTES + cache
    prefill = _operations(shape, head=False)
    reading_ms = _floor_ms(decode_bytes, bandwidth_bytes_per_s, "bandwidth")
    computing_ms = _floor_ms(batch * _operations(shape, head=True), operations_per_s, "peak of operations")
    return SpeedFloor(
        decode_bytes=decode_bytes,
        prefill_operations=prefill,
        decode_floor_ms=None if reading_ms is None else max(reading_ms, computing_ms or 0),
        decode_bound_by=_bound(reading_ms, computing_ms),
        prefill_floor_ms_per_token=_floor_ms(prefill, operations_per_s, "peak of operations"),
    )


def _operations(shape: ModelShape, head: bool) -> int:
    """Two for every weight a token is multiplied with."""
    roles = ("layer", "head") if head else ("layer",)
    return sum(2 * matrix.active_values for matrix in shape.matrices if matrix.role in roles)


def _floor_ms(amount: int, per_s: float | None, what: str) -> float | None:
    if per_s is None:
        return None
    if not (math.isfinite(per_s) and per_s > 0):
        raise RequestError(f"The {what} must be a positive number per second, not {per_s}.")
    return amount / per_s * 1000


def _bound(reading_ms: float | None, computing_ms: float | None) -> Literal["bytes", "arithmetic"] | None:
    if reading_ms is None or computing_ms is None:
        return None
    return "bytes" if reading_ms >= computing_ms else "arithmetic"
