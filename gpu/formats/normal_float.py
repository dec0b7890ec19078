"""NF4 of QLoRA: the quantiles of a normal distribution scaled to -1 … 1, under the largest magnitude."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gpu.formats.blocks import F32, reciprocal
from gpu.formats.granularity import Granularity
from gpu.formats.number_format import Encoded, FormatSpec, Reach

ZERO_CODE = 7


def nf4_table() -> npt.NDArray[np.float32]:
    """The 16 values, rising (Dettmers et al. 2023, appendix E), as bitsandbytes stores them."""
    return np.array(
        [
            *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
            *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
            *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
            *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
        ],
        np.float32,
    )


class NF4:
    """The nearest entry of the table; x ~ table[q] · max|x|, kept as a float32 per 64 values."""

    spec = FormatSpec("nf4", "NF4", 4, 32, 16, Granularity("block", 64), centred=False)

    def encode(self, blocks: F32, reach: Reach) -> Encoded:
        table = nf4_table()
        midpoints = (table[1:] + table[:-1]) / np.float32(2)
        absmax = reach.absmax
        index = np.searchsorted(midpoints, blocks * reciprocal(absmax)[:, None], side="left")
        index[absmax == 0] = ZERO_CODE
        return Encoded(index.astype(np.float32), table[index] * absmax[:, None], absmax)
