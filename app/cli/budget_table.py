"""`quantscope budget --table`: every released model under every scheme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.cli.output import print_json, print_table
from gpu.calculator.estimate import estimate
from gpu.calculator.fitting import TABLE_SCHEMES, largest_context
from gpu.calculator.inputs import CalculatorInputs
from gpu.calculator.subject import Subject
from gpu.qwen3.released import released_config, released_names
from gpu.scheme import Scheme
from gpu.units import size_text


@dataclass(frozen=True)
class Cell:
    """A model under a scheme; the last two are None where no memory was named."""

    model: str
    scheme: str
    total_bytes: int
    fits: bool | None
    max_context_tokens: int | None

    @property
    def text(self) -> str:
        """What it takes, or the longest context that fits."""
        if self.max_context_tokens is None:
            return size_text(self.total_bytes)
        return f"{self.max_context_tokens:,}" if self.max_context_tokens else "—"


def print_presets(wish: CalculatorInputs, capacity_bytes: int | None, *, as_json: bool) -> None:
    """What `wish` takes of every model and scheme or, with a memory named, the longest context that fits."""
    cells = list(_cells(wish, capacity_bytes))
    if as_json:
        print_json(
            {
                "context_tokens": wish.context_tokens,
                "batch": wish.batch,
                "available_bytes": capacity_bytes,
                "rows": [{**vars(cell)} for cell in cells],
            }
        )
        return
    rows = {name: [cell.text for cell in cells if cell.model == name] for name in released_names()}
    print_table([("", *TABLE_SCHEMES), *((name, *texts) for name, texts in rows.items())])
    asked = f"{wish.context_tokens:,} tokens, batch {wish.batch}"
    if capacity_bytes is None:
        print(f"\nMemory for a context of {asked}.")
    else:
        print(f"\nThe longest context that fits {size_text(capacity_bytes)}; — where none does.")


def _cells(wish: CalculatorInputs, capacity_bytes: int | None) -> Iterator[Cell]:
    for name in released_names():
        subject = Subject.of_config(name, released_config(name), "released shape")
        for scheme in TABLE_SCHEMES:
            yield _cell(replace(wish, subject=subject, scheme=Scheme.parse(scheme)), capacity_bytes)


def _cell(wish: CalculatorInputs, capacity_bytes: int | None) -> Cell:
    total = estimate(wish).total_bytes
    name, scheme = wish.subject.name, str(wish.scheme)
    if capacity_bytes is None:
        return Cell(name, scheme, total, None, None)
    longest = largest_context(wish, capacity_bytes).context_tokens
    return Cell(name, scheme, total, total <= capacity_bytes, longest)
