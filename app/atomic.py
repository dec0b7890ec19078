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
        temporary.touch(exist_ok=False)
    except OSError as error:
        raise FormatError(path, f"cannot be written ({error.strerror}).") from error
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
