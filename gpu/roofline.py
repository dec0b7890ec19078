"""How fast a model can be at best: bytes that must be read against bandwidth, arithmetic against peak.

decode, a step of the whole batch: t >= max((weights read + requests · context · KV bytes) / bandwidth,
batch · operations / peak). prefill, a prompt token: t >= max(weights / (tokens of a pass · bandwidth),
operations / peak), of the layers' matrices only: logits are for the last token, and attention (quadratic in
the prompt) comes on top: these stay floors. Of experts, B tokens read E · (1 − (1 − k/E)^B), which is
what independent and even choices would touch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from gpu.budget import NORM_BITS, kv_bytes_per_token, matrix_terms
from gpu.errors import RequestError
from gpu.model_shape import MatrixKind, ModelShape
from gpu.scheme import Scheme

PROMPT_TOKENS = 512  # of a prompt that is read in one pass
BoundBy = Literal["bytes", "arithmetic"]


@dataclass(frozen=True)
class Rates:
    """What a card moves and computes a second; None where nobody says. A multiplication and the addition
    after it are two operations. Integer products serve quantized activations, float ones 16-bit activations.

    Raises:
        RequestError: a rate that is not a positive number.
    """

    bandwidth_bytes_per_s: float | None = None
    integer_operations_per_s: float | None = None
    float_operations_per_s: float | None = None
    source: str = ""
    is_measured: bool = False

    def __post_init__(self) -> None:
        for what, rate in (
            ("bandwidth", self.bandwidth_bytes_per_s),
            ("peak of integer operations", self.integer_operations_per_s),
            ("peak of float operations", self.float_operations_per_s),
        ):
            if rate is not None and not (math.isfinite(rate) and rate > 0):
                raise RequestError(f"The {what} must be a positive number per second, not {rate}.")

    def operations_per_s(self, scheme: Scheme) -> float | None:
        return self.integer_operations_per_s if scheme.activation_bits < 16 else self.float_operations_per_s


@dataclass(frozen=True)
class Bound:
    """A step's bytes and operations and how long each takes at least; None where the rate is not known."""

    amount_bytes: float
    operations: float
    reading_ms: float | None
    computing_ms: float | None

    @property
    def floor_ms(self) -> float | None:
        """The longer of both, or the one that is known."""
        known = [ms for ms in (self.reading_ms, self.computing_ms) if ms is not None]
        return max(known, default=None)

    @property
    def by(self) -> BoundBy | None:
        """What the step waits for; None unless both rates are known."""
        if self.reading_ms is None or self.computing_ms is None:
            return None
        return "bytes" if self.reading_ms >= self.computing_ms else "arithmetic"

    @property
    def intensity(self) -> float:
        """Operations for every byte read."""
        return self.operations / self.amount_bytes


def decode_bound(
    shape: ModelShape, scheme: Scheme, rates: Rates, context_tokens: int, batch: int = 1
) -> Bound:
    """One step of decoding for the whole batch, each request with its context full."""
    cache = batch * context_tokens * kv_bytes_per_token(shape, scheme.kv_bits)
    weights = weight_bytes_read(shape, scheme, batch)
    return _bound(weights + cache, batch * operations_per_token(shape, head=True), scheme, rates)


def prefill_bound(shape: ModelShape, scheme: Scheme, rates: Rates, pass_tokens: int = PROMPT_TOKENS) -> Bound:
    """One token of a prompt that is read `pass_tokens` at a time, without the head."""
    weights = weight_bytes_read(shape, scheme, pass_tokens, head=False) / pass_tokens
    return _bound(weights, operations_per_token(shape, head=False), scheme, rates)


def weight_bytes_read(shape: ModelShape, scheme: Scheme, tokens: int = 1, *, head: bool = True) -> int:
    """Weights, scales and norms that a pass of `tokens` reads."""
    matrices = (matrix for matrix in shape.matrices if head or matrix.role != "head")
    read = sum(
        term.size_bytes * _share_read(matrix, tokens)
        for matrix in matrices
        for term in matrix_terms(matrix, scheme)
    )
    return round(read) + shape.norm_values * NORM_BITS // 8


def operations_per_token(shape: ModelShape, *, head: bool) -> int:
    """Two for every weight a token is multiplied with."""
    roles = ("layer", "head") if head else ("layer",)
    return sum(2 * matrix.active_values for matrix in shape.matrices if matrix.role in roles)


def _share_read(matrix: MatrixKind, tokens: int) -> float:
    """The part of its matrices that at least one token uses; of a look-up, next to nothing."""
    return 1 - (1 - matrix.active / matrix.count) ** tokens


def _bound(amount_bytes: float, operations: float, scheme: Scheme, rates: Rates) -> Bound:
    peak = rates.operations_per_s(scheme)
    return Bound(
        amount_bytes,
        operations,
        _ms(amount_bytes, rates.bandwidth_bytes_per_s),
        _ms(operations, peak),
    )


def _ms(amount: float, per_s: float | None) -> float | None:
    return None if per_s is None else amount / per_s * 1000
