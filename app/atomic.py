"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gpu.errors import FormatError


@contextmanager
def replacing(path: Path, *, parents: bool = False) -> Iterator[Path]:
    """A new empty file beside `path` to write to; it takes the place of `path` unless the block raises.

    With `parents` the folders above it are made where they are missing. A link stays a link; a device or a
    pipe stays what it is and is written to itself.

    Raises:
        FormatError: nothing can be written there, or no more of it.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            yield path
            return
        if parents:
            path.parent.mkdir(parents=True, exist_ok=True)
        with _beside(Path(os.path.realpath(path))) as temporary:
            yield temporary
    except OSError as error:
        raise FormatError(path, f"cannot be written ({error.strerror or error}).") from error


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.touch()
        yield temporary
        os.replace(temporary, path)
    finally:
        with suppress(OSError):  # what stood in the way of writing it may stand in the way of this, too
            temporary.unlink()
