"""Pinned channels kept on this machine between starts: how strong each was, in which text and scheme."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from app.atomic import replacing
from app.json_lines import line_of, read_records
from gpu.probes.captured import Capture

FILE_NAME = "pinned-channels.jsonl"
MOST_RECORDS = 500
_KINDS = {"channel": int, "tokens": int, "absmax": float, "ratio": float}


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
        return read_records(self.path, PinRecord, _KINDS)

    def add(self, record: PinRecord) -> tuple[PinRecord, ...]:
        """Keep a record and give all of them; one that is known already changes nothing.

        Raises:
            FormatError: the file cannot be read or written.
        """
        held = self.load()
        if any(record.is_same(other) for other in held):
            return held
        held = (*held, record)[-MOST_RECORDS:]
        with replacing(self.path, parents=True) as temporary:
            temporary.write_text("".join(map(line_of, held)), encoding="utf-8")
        return held
