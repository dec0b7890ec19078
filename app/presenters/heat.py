"""Values as the codes of a map: linear, logarithmic or by rank, saturated where the person says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gpu.probes.ranking import quantiles
from views.frames import Choice
from views.frames.outliers import LARGEST, NOT_FINITE, Codes

F32 = npt.NDArray[np.float32]
SCALES = (
    Choice("log", "Log", "Equal ratios look equally far apart"),
    Choice("linear", "Linear", "Equal differences look equally far apart"),
    Choice("rank", "Rank", "Every colour covers as many values: the order is all that shows"),
)
_DECADES = 6  # below the largest value; what is smaller still is drawn as that
_SAMPLE = 200_000


@dataclass(frozen=True, eq=False)
class Coded:
    """Codes uint8 like the values, and the values at the ends of the colours as they read."""

    codes: Codes
    low: str
    high: str


def coded(values: F32, scale: str, handles: tuple[float, float] = (0.0, 1.0)) -> Coded:
    """Codes of magnitudes; infinities and NaN get a code of their own and never move the ends."""
    finite = np.isfinite(values)
    known = values[finite] if not finite.all() else values.reshape(-1)
    if known.size == 0 or float(known.max()) <= 0:
        return Coded(np.where(finite, 0, NOT_FINITE).astype(np.uint8), "0", "0")
    shares, ends = _shares(np.where(finite, values, np.float32(0)), known, scale)
    low, high = handles
    stretched = np.clip((shares - low) / max(high - low, 1e-6), 0, 1) * LARGEST
    codes = stretched.round().astype(np.uint8)
    codes[~finite] = NOT_FINITE
    return Coded(codes, figure(_value(ends, scale, low, known)), figure(_value(ends, scale, high, known)))


def figure(value: float) -> str:
    """A value in few figures."""
    return "not finite" if not np.isfinite(value) else f"{value:.3g}"


def _shares(values: F32, known: F32, scale: str) -> tuple[F32, tuple[float, float]]:
    """Where each value lies between the ends, 0 … 1 float32, and the ends."""
    top, bottom = float(known.max()), float(known.min())
    if scale == "rank":
        sample = np.sort(known[:: max(1, known.size // _SAMPLE)])
        steps = sample[np.linspace(0, sample.size - 1, LARGEST + 1).astype(np.intp)]
        steps[-1] = top
        return (np.searchsorted(steps, values) / np.float32(LARGEST)).astype(np.float32), (bottom, top)
    if scale == "log":
        bottom = max(bottom, top * 10.0**-_DECADES)
        span = max(np.log10(top / bottom), 1e-6)
        logs = np.log10(np.maximum(values, np.float32(bottom)) / np.float32(bottom))
        return (logs / np.float32(span)).astype(np.float32), (bottom, top)
    return ((values - np.float32(bottom)) / np.float32(max(top - bottom, 1e-30))).astype(np.float32), (
        bottom,
        top,
    )


def _value(ends: tuple[float, float], scale: str, share: float, known: F32) -> float:
    """The value at a share of the range."""
    bottom, top = ends
    if scale == "rank":
        return float(quantiles(known[:: max(1, known.size // _SAMPLE)], share)[0]) if share < 1 else top
    if scale == "log":
        return float(bottom * (top / bottom) ** share)
    return bottom + share * (top - bottom)
