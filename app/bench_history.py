"""Earlier speeds by adapter and model, in one JSON file: what got slower than they were?

A figure is kept at its best, so that many small steps back add up to one that is noticed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from app.atomic import replacing
from gpu.errors import FormatError

Figures = Mapping[str, float]  # more is better


class BenchHistory:
    """`FormatError` if the file is there and is no such history."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = _read(path)

    def slower(self, adapter: str, model: str, figures: Figures, tolerance: float) -> list[str]:
        """What fell short of its best by more than a share of `tolerance`, in words; new figures did not."""
        best = self._held.get(adapter, {}).get(model, {})
        return [
            f"{name} {best[name]:.4g} → {value:.4g} tokens/s ({value / best[name] - 1:+.0%})"
            for name, value in figures.items()
            if name in best and value < best[name] * (1 - tolerance)
        ]

    def keep(self, adapter: str, model: str, figures: Figures) -> None:
        """Write what is new or better."""
        best = self._held.setdefault(adapter, {}).setdefault(model, {})
        best |= {name: max(value, best.get(name, 0.0)) for name, value in figures.items()}
        with replacing(self._path) as file:
            file.write_text(json.dumps(self._held, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _read(path: Path) -> dict[str, dict[str, dict[str, float]]]:
    if not path.exists():
        return {}
    try:
        held: dict[str, dict[str, dict[str, float]]] = json.loads(path.read_text(encoding="utf-8"))
        values = [value for models in held.values() for best in models.values() for value in best.values()]
    except (OSError, ValueError, AttributeError) as error:
        raise FormatError(path, "is no history of speeds; name another file or remove it.") from error
    if not all(isinstance(value, int | float) and value > 0 for value in values):
        raise FormatError(path, "holds a speed that is no positive number; name another file or remove it.")
    return held
