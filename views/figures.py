"""What a chart says in figures: limits, ticks and labels. Nothing draws here: it does without pyqtgraph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_HEADROOM = 0.15
_TICK_HEIGHT = 18
_FEW_TICKS = 3


@dataclass(frozen=True)
class Callout:
    """A bar drawn in the outlier colour and, if there is room, labelled."""

    index: int
    text: str


def decade_limits(low: float, high: float) -> tuple[float, float]:
    """Half decades around `low` … `high` with room for labels on top: in such steps live axes rarely move."""
    bottom = np.floor(np.log10(max(low, 1e-9)))
    tip = max(np.log10(max(high, 1e-9)), bottom + 0.5)
    top = np.ceil(2 * (tip + _HEADROOM * (tip - bottom))) / 2
    return float(10.0**bottom), float(10.0**top)


def log_ticks(low: float, high: float, size: float) -> list[float]:
    """Exponents of ten to label between `low` and `high` on `size` pixels: decades, or steps between if few.

    None at the very ends, where half the label would be cut off.
    """
    margin = (high - low) * _TICK_HEIGHT / 2 / max(1.0, size)
    decades = range(int(np.floor(low)), int(np.ceil(high)) + 1)
    shown: list[float] = []
    for steps in ((1,), (1, 3), (1, 2, 5)):
        ticks = [decade + float(np.log10(step)) for decade in decades for step in steps]
        shown = [tick for tick in ticks if low + margin <= tick <= high - margin]
        if len(shown) >= _FEW_TICKS:
            break
    skip = -(-len(shown) * _TICK_HEIGHT // max(1, int(size)))
    return shown[:: max(1, skip)]


def short(value: float) -> str:
    """A magnitude in few figures: 0.012, 3.4, 143, 9000, 12.3k, 1.5M."""
    size = abs(value)
    if size >= 999.5e6:
        return f"{value:.1e}"
    if size >= 999.5e3:
        return f"{value / 1e6:.3g}M"
    if size >= 9999.5:
        return f"{value / 1e3:.3g}k"
    return f"{value:.0f}" if size >= 9.95 else f"{value:.2g}"
