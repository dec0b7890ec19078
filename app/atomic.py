"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpu.errors import FormatError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new empty file beside `path` to write to; it takes the place of `path` unless the block raises.

    Raises:
        FormatError: nothing can be written there.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.touch()
    except OSError as error:
        raise _refusal(path, error) from error
    try:
        yield temporary
        _rename(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _rename(temporary: Path, path: Path) -> None:
    try:
        os.replace(temporary, path)
    except OSError as error:
        raise _refusal(path, error) from error


def _refusal(path: Path, error: OSError) -> FormatError:
    return FormatError(path, f"cannot be written ({error.strerror}).")
