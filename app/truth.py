"""Predictions beside what was allocated and what the driver reported, load by load, kept on this machine."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from app.atomic import replacing
from app.json_lines import line_of, read_records
from gpu.errors import FormatError

if TYPE_CHECKING:  # the calculator's arithmetic brings wgpu along
    from gpu.calculator.inputs import CalculatorInputs

FILE_NAME = "loads.jsonl"
MOST_PAIRS = 200
_KINDS: dict[str, type | tuple[type, ...]] = {
    "context_tokens": int,
    "predicted_bytes": int,
    "allocated_bytes": int,
    "reported_bytes": (int, type(None)),
}
_SLACK = 50  # lines beyond the bound before the file is written again


@dataclass(frozen=True)
class Pair:
    """One load. `when` is ISO 8601 in UTC; `reported_bytes` is what the driver says this process holds, None
    where it does not tell; `source` says who told, or why nobody did."""

    when: str
    model: str
    scheme: str
    context_tokens: int
    adapter: str
    driver: str
    predicted_bytes: int
    allocated_bytes: int
    reported_bytes: int | None
    source: str

    @property
    def error_bytes(self) -> int:
        """Prediction minus ledger."""
        return self.predicted_bytes - self.allocated_bytes

    @property
    def overhead_bytes(self) -> int | None:
        """What the driver holds beyond the ledger."""
        return None if self.reported_bytes is None else self.reported_bytes - self.allocated_bytes


@dataclass(frozen=True)
class Band:
    """How `loads` came out: the largest difference to the ledger, and what drivers took on top (smallest,
    median, largest), None where none of them told."""

    loads: int
    largest_error_bytes: int
    overhead_bytes: tuple[int, int, int] | None


def band(pairs: Sequence[Pair]) -> Band:
    overheads = sorted(pair.overhead_bytes for pair in pairs if pair.overhead_bytes is not None)
    spread = None
    if overheads:
        spread = (overheads[0], round(statistics.median(overheads)), overheads[-1])
    return Band(len(pairs), max((abs(pair.error_bytes) for pair in pairs), default=0), spread)


def driver_overhead(pairs: Iterable[Pair], adapter: str, driver: str) -> int | None:
    """The median of what this driver took on top on this adapter; None where it was never told."""
    same = [pair for pair in pairs if (pair.adapter, pair.driver) == (adapter, driver)]
    spread = band(same).overhead_bytes
    return None if spread is None else max(0, spread[1])


@dataclass(frozen=True)
class LoadTruth:
    """The open model: bytes by purpose as predicted and as the ledger holds them. `inputs` is the question
    whose estimate the prediction is. `card_used_bytes` is what all programs hold, None where nobody tells."""

    pair: Pair
    predicted: tuple[tuple[str, int], ...]
    allocated: tuple[tuple[str, int], ...]
    inputs: CalculatorInputs
    card_used_bytes: int | None = None


@dataclass(frozen=True)
class NoTruth:
    """Why there is none; `cancelled` where something more urgent came first."""

    sentence: str
    cancelled: bool


class TruthFile:
    """One JSON object a line, the newest last, in `directory`: by default where the system keeps data.

    Lines of another version or cut short are skipped; the newest `MOST_PAIRS` are kept.
    """

    def __init__(self, directory: Path | None = None) -> None:
        folder = directory or Path(platformdirs.user_data_dir("quantscope", appauthor=False))
        self.path = folder / FILE_NAME

    def load(self) -> tuple[Pair, ...]:
        """The pairs, oldest first. Raises FormatError if the file cannot be read."""
        return read_records(self.path, Pair, _KINDS)[-MOST_PAIRS:]

    def append(self, pair: Pair) -> None:
        """Raises FormatError if the file cannot be written."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line_of(pair))
            self._keep_short()
        except OSError as error:
            raise FormatError(self.path, f"cannot be written ({error.strerror}).") from error

    def _keep_short(self) -> None:
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        if len(lines) > MOST_PAIRS + _SLACK:
            with replacing(self.path) as temporary:
                temporary.write_text("".join(lines[-MOST_PAIRS:]), encoding="utf-8")
