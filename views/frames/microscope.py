"""The damage microscope: every tensor, the blocks of one, one block on its ruler, and what would help."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from views.frames.arrays import FloatArray, empty
from views.frames.choice import Choice


def _empty_map() -> FloatArray:
    return np.zeros((0, 0), np.float32)


@dataclass(frozen=True)
class ControlsFrame:
    """What is looked at and how. `formats` and `granularities` may be the tensor's or a live site's."""

    title: str = ""
    summary: str = ""
    formats: tuple[Choice, ...] = ()
    format: str = ""
    granularities: tuple[Choice, ...] = ()
    granularity: str = ""
    colours: tuple[Choice, ...] = ()
    colour: str = ""
    live: bool = False
    enabled: bool = False


@dataclass(frozen=True, eq=False)
class MapFrame:
    """`values` float32 [rows, blocks], finite; `worst` says which end is bad. The limits are the colours'.

    `marked` are columns of blocks that a spiking channel meets.
    """

    values: FloatArray = field(default_factory=_empty_map)
    worst: Literal["min", "max"] = "min"
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    unit: str = ""
    row_name: str = "row"
    chosen: tuple[int, int] | None = None
    marked: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, eq=False)
class RulerFrame:
    """One block. `values` and `restored` float32 [n], `grid` float32 rising: what it can hold.

    `threshold` is how far its scale reaches, 0 … `reach`; None where it cannot be moved. `best` is T*.
    """

    title: str = ""
    values: FloatArray = field(default_factory=empty)
    restored: FloatArray = field(default_factory=empty)
    grid: FloatArray = field(default_factory=empty)
    reach: float = 0.0
    threshold: float | None = None
    best: float | None = None
    setter: int | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class LineFrame:
    """One line of a chart; `name` empty for one that needs no legend."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LinesFrame:
    """Lines over x; `ticks` name places of it. `marks` are vertical lines (x, text). y is logarithmic."""

    title: str = ""
    lines: tuple[LineFrame, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class OptionFrame:
    """One remedy: `share` 0 … 1 is its error beside the worst of all, `text` that error in words.

    `applies` tells that choosing it changes what is looked at; a toggle is `checked` or not.
    """

    key: str
    label: str
    text: str
    share: float
    tooltip: str = ""
    checked: bool = False
    best: bool = False


@dataclass(frozen=True)
class OptionsFrame:
    """The remedies, in groups of the same title one after the other."""

    title: str = ""
    options: tuple[OptionFrame, ...] = ()
    action: str = ""
    note: str = ""


@dataclass(frozen=True)
class TensorRow:
    """One tensor of the table: cells as they read and as they sort, the kind and layer for the strip."""

    key: str
    cells: tuple[str, ...]
    sort: tuple[float | str, ...]
    kind: str
    layer: int
    values: tuple[float | None, ...]  # signal to noise, one a scheme, dB


@dataclass(frozen=True)
class TensorsFrame:
    """Every tensor. `progress` 0 … 1 while they are measured, None when nothing runs."""

    columns: tuple[str, ...] = ()
    rows: tuple[TensorRow, ...] = ()
    schemes: tuple[str, ...] = ()
    versus: tuple[Choice, ...] = ()
    versus_key: str = ""
    progress: float | None = None
    stage: str = ""
    chosen: str = ""
    can_measure: bool = False
