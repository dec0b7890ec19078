"""What the VRAM calculator shows. Sizes that are drawn are bytes; every text is ready to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from views.frames.choice import Choice

Mood = Literal["good", "warning", "bad", "neutral"]
Curve = NDArray[np.float64]


@dataclass(frozen=True)
class FieldFrame:
    """One input: a picker where it has `choices`, a tick box where `value` is "on" or "off", else a text.

    `locked` is None where there is nothing to lock. `error` is one sentence beside the field, `note` small
    print in the same place, `action` the label of a button of its own.
    """

    key: str
    label: str
    value: str
    tooltip: str = ""
    choices: tuple[Choice, ...] = ()
    locked: bool | None = None
    error: str = ""
    note: str = ""
    action: str = ""
    placeholder: str = ""


@dataclass(frozen=True)
class GroupFrame:
    """Fields under one heading."""

    title: str
    fields: tuple[FieldFrame, ...]


@dataclass(frozen=True)
class Progress:
    """Something that takes a while; `total` 0 while its end is unknown."""

    text: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class InputsFrame:
    """All that is asked of the person."""

    groups: tuple[GroupFrame, ...] = ()
    progress: Progress | None = None


@dataclass(frozen=True)
class SegmentFrame:
    """One piece of the bar. `edge` says what moving its right edge changes; empty where it cannot move."""

    key: str
    label: str
    size_bytes: int
    size: str
    share: str
    tooltip: str
    edge: str = ""
    edge_value: str = ""


@dataclass(frozen=True)
class MarkFrame:
    """Where a card ends on the bar's scale."""

    label: str
    size_bytes: int
    mood: Mood
    tooltip: str = ""


@dataclass(frozen=True)
class BarFrame:
    """The stacked bar: pieces in order, cards as marks, and how many bytes its whole width stands for."""

    segments: tuple[SegmentFrame, ...] = ()
    marks: tuple[MarkFrame, ...] = ()
    scale_bytes: int = 1
    total_edge: str = ""


@dataclass(frozen=True)
class VerdictFrame:
    """The answer in words. `moved` says what gave way so that it fits."""

    sentence: str = ""
    detail: str = ""
    mood: Mood = "neutral"
    moved: str = ""
    actions: tuple[Choice, ...] = ()


@dataclass(frozen=True, eq=False)
class SeriesFrame:
    """One line of a chart: `values` float64, as long as the chart's `at`."""

    label: str
    values: Curve
    colour_key: str
    dashed: bool = False


@dataclass(frozen=True)
class PointFrame:
    """A point of a chart with its label."""

    at: float
    value: float
    label: str
    mood: Mood = "neutral"


@dataclass(frozen=True)
class LimitFrame:
    """A level across a chart."""

    value: float
    label: str


@dataclass(frozen=True, eq=False)
class LinesFrame:
    """A chart over a logarithmic `at` (float64, positive, rising); `note` is the sentence under it."""

    title: str
    at: Curve
    at_label: str
    value_label: str
    series: tuple[SeriesFrame, ...] = ()
    limits: tuple[LimitFrame, ...] = ()
    points: tuple[PointFrame, ...] = ()
    log_values: bool = False
    note: str = ""


@dataclass(frozen=True)
class RowFrame:
    """One row of a table; `depth` indents it below the last row that is less deep. `key` is what choosing it
    sends, and empty where there is nothing to choose. The mood colours the cell `mood_at`, -1 all of them."""

    cells: tuple[str, ...]
    key: str = ""
    tooltip: str = ""
    mood: Mood = "neutral"
    mood_at: int = -1
    is_current: bool = False
    depth: int = 0


@dataclass(frozen=True)
class TableFrame:
    """A table with its heading and a sentence below. Columns named in `texts` are words, the rest figures."""

    title: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[RowFrame, ...] = ()
    texts: frozenset[int] = frozenset({0})
    note: str = ""


@dataclass(frozen=True, eq=False)
class SpeedFrame:
    """Decode and prefill on the roofline of an adapter."""

    decode: VerdictFrame = VerdictFrame()
    prefill: VerdictFrame = VerdictFrame()
    source: str = ""
    chart: LinesFrame | None = None
    choices: TableFrame = TableFrame()
    can_measure: bool = False
    progress: Progress | None = None
    problem: str = ""


@dataclass(frozen=True)
class TruthFrame:
    """Prediction and measurement side by side, and how such pairs came out before on this machine."""

    sentence: str = "Load a model to see the prediction beside what was measured."
    mood: Mood = "neutral"
    terms: TableFrame = TableFrame()
    history: TableFrame = TableFrame()
