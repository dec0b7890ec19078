"""Records kept as one JSON object a line, the newest last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gpu.errors import FormatError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")
Kinds = Mapping[str, type | tuple[type, ...]]


def read_records(path: Path, record: type[Record], kinds: Kinds) -> tuple[Record, ...]:
    """The records of a file, oldest first, none if there is no file; lines of another version or cut short
    are skipped. Fields hold text where `kinds` names nothing else.

    Raises:
        FormatError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise FormatError(path, f"cannot be read ({error.strerror}).") from error
    return tuple(found for line in text.splitlines() if (found := _record(line, record, kinds)) is not None)


def line_of(record: DataclassInstance) -> str:
    return json.dumps(asdict(record)) + "\n"


def _record(line: str, record: type[Record], kinds: Kinds) -> Record | None:
    """None where the line is not one of ours."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    names = {field.name for field in fields(record)}
    if not isinstance(found, dict) or set(found) != names:
        return None
    return record(**found) if all(isinstance(found[name], kinds.get(name, str)) for name in names) else None
