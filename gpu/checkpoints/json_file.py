"""JSON objects of a checkpoint, with one sentence for every way in which they can be broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gpu.errors import FormatError

MAX_BYTES = 64 * 2**20

Pairs = list[tuple[str, Any]]


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        FormatError: the file cannot be read or holds anything but one JSON object.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FormatError(
                path, f"the file is larger than {MAX_BYTES:,} bytes, too large for JSON settings."
            )
        text = path.read_bytes()
    except OSError as error:
        raise FormatError(path, f"cannot be read ({error.strerror}).") from error
    return parse_object(text, path)


def parse_object(
    text: bytes, path: Path, offset: int = 0, pairs_hook: Callable[[Pairs], Any] | None = None
) -> dict[str, Any]:
    """The JSON object in `text`, which starts at byte `offset` of `path`.

    Raises:
        FormatError: the text is not UTF-8, not JSON, nested too deeply or no object.
    """
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=pairs_hook)
    except UnicodeDecodeError as error:
        raise FormatError(path, "the JSON is not UTF-8 text.", offset + error.start) from error
    except json.JSONDecodeError as error:
        raise FormatError(path, f"the JSON is malformed ({error.msg}).", offset + error.pos) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(path, f"the JSON cannot be read ({error}).", offset) from error
    if not isinstance(value, dict):
        raise FormatError(path, "a JSON object was expected.", offset)
    return value
