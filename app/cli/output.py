"""What commands print: results to stdout, as words or as one JSON object; the rest to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gpu.qwen3.loader import LoadProgress


def print_json(document: Mapping[str, Any]) -> None:
    """One object on one line. What JSON has no word for (infinite, not a number) must be None already."""
    print(json.dumps(document, allow_nan=False))


def finite(value: float) -> float | None:
    """For JSON: null instead of an infinite value or none at all."""
    return value if abs(value) < float("inf") else None


def print_fields(fields: Mapping[str, str]) -> None:
    """Names and values in two columns."""
    print_table([(name, value) for name, value in fields.items()])


def print_table(rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, two spaces apart."""
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def warn(sentence: str) -> None:
    """Something the person should know; the command goes on."""
    print(f"quantscope: {sentence}", file=sys.stderr)


class ProgressLine:
    """One line on stderr that is written over and removed at the end; silent unless that is a terminal."""

    def __init__(self) -> None:
        self._shows = sys.stderr.isatty()
        self._text = ""

    def show(self, text: str) -> None:
        if self._shows and text != self._text:
            self._text = text
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def clear(self) -> None:
        self.show("")


class LoadBar:
    """A model on its way in."""

    def __init__(self) -> None:
        self._line = ProgressLine()

    def show(self, progress: LoadProgress) -> None:
        done, total = progress.done_bytes, progress.total_bytes
        if total and done >= total:
            self._line.clear()
            return
        share = f" {done / total:.0%}" if total else ""
        self._line.show(f"{progress.stage}{share}")
