"""Pinned channels kept on this machine between starts: how strong each was, in which text and scheme."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import platformdirs

from app.atomic import replacing
from gpu.errors import FormatError
from gpu.probes.captured import Capture

FILE_NAME = "pinned-channels.jsonl"
MOST_RECORDS = 500


@dataclass(frozen=True)
class PinRecord:
    """A channel of one model, which `fingerprint` tells by its content, in one capture. `day` is ISO 8601."""

    day: str
    fingerprint: str
    site: str
    channel: int
    text: str
    scheme: str
    tokens: int
    absmax: float
    ratio: float

    def is_same(self, other: PinRecord) -> bool:
        """Whether both tell of the same capture, on whatever day."""
        return asdict(self) | {"day": ""} == asdict(other) | {"day": ""}


def record_of(capture: Capture, name: str, site: str, channel: int, day: str) -> PinRecord:
    """What a capture says of a channel; `name` is what its text is called."""
    found = capture.sites[site]
    return PinRecord(
        day,
        capture.origin.fingerprint,
        site,
        channel,
        name,
        capture.origin.scheme,
        capture.tokens,
        float(found.absmax[channel]),
        float(found.ratio[channel]),
    )


class PinFile:
    """One JSON object a line, the newest last, in `directory`: by default where the system keeps data.

    Lines of another version or cut short are skipped; the newest `MOST_RECORDS` are kept.
    """

    def __init__(self, directory: Path | None = None) -> None:
        folder = directory or Path(platformdirs.user_data_dir("quantscope", appauthor=False))
        self.path = folder / FILE_NAME

    def load(self) -> tuple[PinRecord, ...]:
        """The records, oldest first. Raises FormatError if the file cannot be read."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise FormatError(self.path, f"cannot be read ({error.strerror}).") from error
        return tuple(found for line in text.splitlines() if (found := _record(line)) is not None)

    def add(self, record: PinRecord) -> tuple[PinRecord, ...]:
        """Keep a record and give all of them; one that is known already changes nothing.

        Raises:
            FormatError: the file cannot be read or written.
        """
        held = self.load()
        if any(record.is_same(other) for other in held):
            return held
        held = (*held, record)[-MOST_RECORDS:]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self.path) as temporary:
                lines = "".join(json.dumps(asdict(each)) + "\n" for each in held)
                temporary.write_text(lines, encoding="utf-8")
        except OSError as error:
            raise FormatError(self.path, f"cannot be written ({error.strerror}).") from error
        return held


def _record(line: str) -> PinRecord | None:
    """None where the line is not one of ours."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    kinds = {"channel": int, "tokens": int, "absmax": float, "ratio": float}
    names = {field.name for field in fields(PinRecord)}
    is_ours = isinstance(found, dict) and set(found) == names
    if not is_ours or not all(isinstance(found[name], kinds.get(name, str)) for name in names):
        return None
    return PinRecord(**found)
