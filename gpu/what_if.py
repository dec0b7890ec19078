"""What if: other blocks, another format, outlier channels kept in 16 bits, smoothing, rotation.

Every remedy leaves the product WXᵀ as it is before rounding; what rounding then does to it is what counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.block_grid import scale_count
from gpu.formats.blocks import F32
from gpu.formats.family import quantize
from gpu.output_error import check_fit
from gpu.probes.remedies import rotated, smoothing_factors
from gpu.sweep import Rounding

_WIDE_BITS = 16


@dataclass(frozen=True)
class WhatIf:
    """How weights and activations are rounded (None: not at all) and what is done before.

    `kept_channels`: so many input channels, those of largest magnitude, stay in 16 bits on both sides, as
    LLM.int8() does. `smoothing` is SmoothQuant's α. `rotates`: a Hadamard rotation of the channels.
    """

    weights: Rounding | None
    activations: Rounding | None = None
    kept_channels: int = 0
    smoothing: float | None = None
    rotates: bool = False


@dataclass(frozen=True)
class Outcome:
    """Relative errors ‖Δ‖ / ‖·‖ of the weights, the activations and the output; None without activations.

    `weight_bits` and `activation_bits` are per value, kept channels counted.
    """

    weight_error: float
    weight_bits: float
    activation_error: float | None
    activation_bits: float | None
    output_error: float | None


def consider(what: WhatIf, weights: F32, activations: F32 | None = None) -> Outcome:
    """Try it on W [rows, channels] and, where there are any, X [tokens, channels].

    Without X there is nothing to smooth with, and smoothing changes nothing.

    Raises:
        RequestError: X does not fit W.
        SchemeError: a granularity the format cannot have.
    """
    if activations is None:
        after, bits = _rounded(
            _rotated(what, weights), what.weights, _kept(what, np.abs(weights).max(axis=0))
        )
        return Outcome(_relative(after, _rotated(what, weights)), bits, None, None, None)
    check_fit(weights, activations)
    w, x = _prepared(what, weights, activations)
    kept = _kept(what, np.abs(x).max(axis=0))
    rounded_w, weight_bits = _rounded(w, what.weights, kept)
    rounded_x, activation_bits = _rounded(x, what.activations, kept)
    return Outcome(
        weight_error=_relative(rounded_w, w),
        weight_bits=weight_bits,
        activation_error=_relative(rounded_x, x),
        activation_bits=activation_bits,
        output_error=_relative(rounded_w @ rounded_x.T, weights @ activations.T),
    )


def _prepared(what: WhatIf, weights: F32, activations: F32) -> tuple[F32, F32]:
    if what.smoothing is not None:
        largest = np.abs(activations).max(axis=0), np.abs(weights).max(axis=0)
        factors = smoothing_factors(*largest, what.smoothing)
        weights, activations = weights * factors, activations / factors
    return _rotated(what, weights), _rotated(what, activations)


def _rotated(what: WhatIf, matrix: F32) -> F32:
    return rotated(matrix) if what.rotates else matrix


def _kept(what: WhatIf, magnitudes: F32) -> npt.NDArray[np.int64]:
    return np.argsort(-magnitudes, kind="stable")[: what.kept_channels]


def _rounded(matrix: F32, rounding: Rounding | None, kept: npt.NDArray[np.int64]) -> tuple[F32, float]:
    """The matrix rounded except for the kept columns, and its bits per value."""
    if rounding is None:
        return matrix, float(_WIDE_BITS)
    rest = matrix.copy()
    rest[:, kept] = 0  # so that they stretch no scale
    restored = quantize(rest, rounding.format, str(rounding.granularity)).dequantize().copy()
    restored[:, kept] = matrix[:, kept]
    share = len(kept) / matrix.shape[1]
    scales = scale_count(rounding.granularity, *matrix.shape)
    bits = rounding.format.spec.bits_per_value(matrix.size, scales)
    return restored, bits * (1 - share) + _WIDE_BITS * share


def _relative(changed: F32, original: F32) -> float:
    whole = float(np.linalg.norm(original))
    return float(np.linalg.norm(changed - original)) / whole if whole > 0 else 0.0
