"""Every failure the engine reports on purpose. `str(error)` is one sentence: what, where, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu.calculator.inputs import CalculatorInputs

MIB = 2**20
GIB = 2**30


class QuantscopeError(Exception):
    """Base of all stated failures: a person can be shown `str(error)` as it is."""


class FormatError(QuantscopeError):
    """A file is not what it claims to be."""

    def __init__(self, path: Path | str, problem: str, offset: int | None = None) -> None:
        self.path = Path(path)
        self.problem = problem
        self.offset = offset
        where = "" if offset is None else f" at byte {offset:,}"
        super().__init__(f"{self.path}{where}: {problem}")


class ConfigError(QuantscopeError):
    """A model configuration is unsupported or contradicts itself."""


class SchemeError(QuantscopeError):
    """A scheme name is malformed, or names something this engine does not run."""


class AdapterError(QuantscopeError):
    """No usable graphics adapter."""


class DeviceLost(QuantscopeError):
    """The driver took the device away; the model must be loaded again."""


@dataclass(frozen=True)
class Way:
    """What to ask for instead, so that it fits; `label` names what differs."""

    label: str
    scheme: str
    context_tokens: int


class BudgetError(QuantscopeError):
    """A plan needs more memory than there is; found before anything is allocated.

    `largest` names the largest term with its size. `question` is what was asked (a CalculatorInputs), for
    asking again where more memory can be freed; `ways` are what would fit.
    """

    def __init__(
        self,
        needed_bytes: int,
        available_bytes: int,
        suggestion: str,
        largest: str = "",
        ways: tuple[Way, ...] = (),
        question: CalculatorInputs | None = None,
    ) -> None:
        self.needed_bytes = needed_bytes
        self.available_bytes = available_bytes
        self.ways = ways
        self.question = question
        short = f": {_size(needed_bytes - available_bytes)} too much, most of it {largest}" if largest else ""
        needs = f"The model needs {_size(needed_bytes)} and {_size(available_bytes)} are free{short}"
        super().__init__(f"{needs}; {suggestion}")


def _size(size_bytes: int) -> str:
    return f"{size_bytes / GIB:.2f} GiB" if size_bytes >= GIB // 10 else f"{size_bytes / MIB:.2f} MiB"


class RequestError(QuantscopeError):
    """A request cannot be answered as asked: an empty prompt, one longer than the context, a bad token id."""


class Cancelled(QuantscopeError):
    """The person changed their mind; not an error to report."""

    def __init__(self) -> None:
        super().__init__("Cancelled.")
