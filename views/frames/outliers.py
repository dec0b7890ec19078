"""The outlier browser: maps of channels, what stands out, one channel's life, remedies, knock-outs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from views.frames.arrays import FloatArray, empty
from views.frames.choice import Choice

Codes = NDArray[np.uint8]
NOT_FINITE = 255  # the code of a value that is no number; it wins over every other
LARGEST = 254
CHANGE = "change"  # the palette of signed codes: twice the size of the change, and 1 more where it is down,
# so that the largest of several codes is the largest change, whichever way it goes
PALETTES = (
    Choice("viridis", "Viridis", "Blue to yellow"),
    Choice("cividis", "Cividis", "Blue to yellow, made for colour-blind eyes"),
    Choice("magma", "Magma", "Black to pale yellow"),
    Choice("batlow", "Batlow", "Crameri's batlow, even in lightness"),
    Choice("lipari", "Lipari", "Crameri's lipari, dark to bright"),
)


def _no_codes() -> Codes:
    return np.zeros((0, 0), np.uint8)


@dataclass(frozen=True, eq=False)
class HeatFrame:
    """Values as codes uint8 [rows, columns], 0 … LARGEST from the least to the most, or NOT_FINITE.

    `row_names` and `column_ids` label the axes, `axes` says what rows and columns are. `low` and `high` are
    the values at the ends of the colours, `handles` where in 0 … 1 of the whole range they lie. The first
    `blank_rows` are there for rows to come and hold nothing. `pinned` is a row and a place among the columns;
    `key` changes when what is shown is another thing, seen whole again.
    """

    key: str = ""
    codes: Codes = field(default_factory=_no_codes, repr=False)
    row_names: tuple[str, ...] = ()
    column_ids: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32), repr=False)
    axes: tuple[str, str] = ("layer", "channel")
    low: str = ""
    high: str = ""
    handles: tuple[float, float] = (0.0, 1.0)
    palette: str = "viridis"
    pinned: tuple[int, int] | None = None
    blank_rows: int = 0
    empty: str = ""


@dataclass(frozen=True)
class SourceFrame:
    """What to capture, whether that runs, and what it may take. `progress` is 0 … 1."""

    sources: tuple[Choice, ...] = ()
    source: str = ""
    text: str = ""
    captures: tuple[Choice, ...] = ()
    capture: str = ""
    keeps: bool = True
    sinks: bool = True
    running: bool = False
    progress: float = 0.0
    enabled: bool = False
    note: str = ""
    is_error: bool = False


@dataclass(frozen=True)
class PickFrame:
    """Which statistic of which kind of site the map shows, and how."""

    kinds: tuple[Choice, ...] = ()
    kind: str = ""
    statistics: tuple[Choice, ...] = ()
    statistic: str = ""
    scales: tuple[Choice, ...] = ()
    scale: str = ""
    palettes: tuple[Choice, ...] = ()
    palette: str = ""
    sorted: bool = False
    enabled: bool = False


@dataclass(frozen=True)
class VerdictRow:
    """One channel of the ranked table: its cells as they read, and what they sort by."""

    kind: str
    channel: int
    site: str
    cells: tuple[str, ...]
    sort_by: tuple[float, ...]
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class CriteriaFrame:
    """Thresholds of the definitions; shares of tokens and of layers in percent."""

    feature_magnitude: float = 6.0
    feature_tokens: float = 6.0
    feature_layers: float = 25.0
    massive_magnitude: float = 100.0
    massive_ratio: float = 1000.0


@dataclass(frozen=True)
class VerdictsFrame:
    """The ranked table, and the findings about all of it in a few sentences."""

    headings: tuple[str, ...] = ()
    rows: tuple[VerdictRow, ...] = ()
    findings: tuple[str, ...] = ()
    definitions: str = ""
    criteria: CriteriaFrame = CriteriaFrame()
    empty: str = ""


@dataclass(frozen=True, eq=False)
class BarsFrame:
    """Bars over an index, the largest `values` named; `marked` are drawn as standing out."""

    title: str = ""
    values: FloatArray = field(default_factory=empty, repr=False)
    low: float = 0.0
    high: float = 1.0
    line: float | None = None
    line_text: str = ""
    marked: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class ProfileFrame:
    """One site before and after a remedy, on the same axis, and what grids leave of it."""

    title: str = ""
    before: BarsFrame = field(default_factory=BarsFrame)
    after: BarsFrame | None = None
    levels: tuple[tuple[str, str, str], ...] = ()  # grid, before, after
    note: str = ""
    smoothing: int | None = None  # α in hundredths
    rotates: bool = False
    clip: int | None = None  # hundredths of the largest magnitude, on a logarithmic scale
    clip_text: str = ""
    can_smooth: bool = False
    enabled: bool = False


@dataclass(frozen=True)
class ChannelFrame:
    """The life of one pinned channel."""

    title: str = ""
    layers: BarsFrame = field(default_factory=BarsFrame)
    tokens: BarsFrame | None = None
    facts: tuple[tuple[str, str], ...] = ()
    sessions: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class BarSpread:
    """One bar of a small chart: a factor, how far its repetitions scatter, and where the paper's lies."""

    name: str
    value: float
    text: str
    spread: tuple[float, float] | None = None
    paper: tuple[float, float] | None = None


@dataclass(frozen=True)
class KnockoutFrame:
    """A knock-out: where channels are taken out, for each measure its bars, and what that means."""

    where: tuple[Choice, ...] = ()
    place: str = ""
    seeds: int = 5
    charts: tuple[tuple[str, tuple[BarSpread, ...]], ...] = ()
    verdict: str = ""
    note: str = ""
    running: bool = False
    progress: float = 0.0
    stage: str = ""
    enabled: bool = False


@dataclass(frozen=True)
class MatchFrame:
    """When a capture serves to calibrate for another: where fewer than `matching` percent of the channels
    reach `changed` times their range there; mostly, where fewer than `mostly` percent do."""

    changed: float = 2.0
    matching: float = 1.0
    mostly: float = 10.0


@dataclass(frozen=True)
class DriftFrame:
    """Two captures side by side: what changed, site by site."""

    others: tuple[Choice, ...] = ()
    other: str = ""
    heat: HeatFrame = field(default_factory=HeatFrame)
    rows: tuple[tuple[str, str, str, str], ...] = ()
    note: str = ""
    match: MatchFrame = MatchFrame()
