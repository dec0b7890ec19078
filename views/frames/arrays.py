"""Arrays as frames hold them: finite values only, published once, never written again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


def empty() -> FloatArray:
    return np.zeros(0, np.float32)
