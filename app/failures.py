"""Every failure as one sentence for the person."""

from __future__ import annotations

from app.messages import Failure, FailureKind, ModelWish
from gpu.errors import BudgetError, Cancelled, QuantscopeError

_OUT_OF_MEMORY = "The computer ran out of memory; close other programs or choose a smaller model or context."


def sentence_of(error: BaseException) -> str:
    """What went wrong, in one line without a traceback."""
    if isinstance(error, QuantscopeError):
        return str(error)
    if type(error).__module__.partition(".")[0] == "wgpu":  # not imported here: the window starts without it
        return _of_driver(error)
    if isinstance(error, MemoryError):
        return _OUT_OF_MEMORY
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}."
    return f"A fault in Quantscope itself ({type(error).__name__}: {_first_line(error)}); please report it."


def load_failure(error: Exception, wish: ModelWish) -> Failure:
    """What the window is told when a model could not be opened."""
    kind: FailureKind = "cancelled" if isinstance(error, Cancelled) else "load"
    return Failure(kind, sentence_of(error), wish, error.ways if isinstance(error, BudgetError) else ())


def _of_driver(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "The adapter ran out of memory; choose a smaller scheme, context or model."
    return f"The graphics driver reported an error: {_first_line(error)}."


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or ["no details"]
    return lines[0].strip().rstrip(".")
