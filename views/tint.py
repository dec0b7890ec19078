"""The tint: colours from the window's own to a strong orange, even to the eye and to the colour-blind.

Steps are equal in OKLab (B. Ottosson 2020), in one hue, so that what is read is lightness; text keeps a
contrast of 4.5:1 on every one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from views.theme import Colours

LEVELS = 32
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def tints(colours: Colours) -> list[str]:
    """`LEVELS` colours as #rrggbb, the last being the strongest; no tint at all is the window's colour."""
    start, end = oklab(colours.window), oklab(colours.tint)
    return [_hex(start + (end - start) * level / LEVELS) for level in range(1, LEVELS + 1)]


def level_of(tint: float) -> int:
    """Index into `tints` for 0 … 1; -1 for what is too weak to be coloured."""
    return min(LEVELS, max(0, round(tint * LEVELS))) - 1


def oklab(colour: str) -> npt.NDArray[np.float64]:
    """L, a, b of #rrggbb."""
    encoded = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    lab: npt.NDArray[np.float64] = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    return lab


def _hex(lab: npt.NDArray[np.float64]) -> str:
    linear = np.clip(np.linalg.inv(_TO_LMS) @ (np.linalg.inv(_TO_LAB) @ lab) ** 3, 0, 1)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * part):02x}" for part in encoded)
