"""The spikes panel."""

from __future__ import annotations

from dataclasses import dataclass, field

from views.frames.arrays import FloatArray, empty
from views.frames.choice import Choice


@dataclass(frozen=True)
class Outlier:
    """A channel that stands out: its magnitude, and that magnitude over the median of all channels."""

    channel: int
    value: float
    ratio: float


@dataclass(frozen=True, eq=False)
class SpikesFrame:
    """Magnitude per channel at one site.

    `kinds` are kinds of site (key such as `mlp.down_proj`, `residual`, `lm_head`); `layer` is None where the
    kind has no layers. `statistics` keys: last, absmax, mean_abs, rms. `values` float32 [channels],
    magnitudes >= 0; empty before the first token. `outliers` largest first. `tokens`: how many are covered.
    """

    kinds: tuple[Choice, ...] = ()
    kind: str = ""
    layer_count: int = 0
    layer: int | None = None
    statistics: tuple[Choice, ...] = ()
    statistic: str = ""
    site: str = ""
    values: FloatArray = field(default_factory=empty)
    median: float = 0.0
    outliers: tuple[Outlier, ...] = ()
    tokens: int = 0
    note: str = ""
    live: bool = True
    enabled: bool = True
