"""What was seen of pinned channels, in this start of the program and in earlier ones."""

from __future__ import annotations

from datetime import datetime

from app.controllers.outlier_files import Say
from app.pin_records import PinFile, PinRecord, record_of
from gpu.errors import FormatError
from gpu.probes.captured import Capture


class Pins:
    """Without a file nothing is kept."""

    def __init__(self, file: PinFile | None, say: Say) -> None:
        self._file, self._say = file, say
        self._held: tuple[PinRecord, ...] = ()

    def remember(self, capture: Capture, name: str, site: str, channel: int) -> None:
        """Keep what the capture says of a channel."""
        if self._file is None:
            return
        day = datetime.now().astimezone().date().isoformat()
        try:
            self._held = self._file.add(record_of(capture, name, site, channel, day))
        except FormatError as error:
            self._say(str(error), is_error=True)

    def earlier(self, capture: Capture, name: str, site: str, channel: int) -> list[PinRecord]:
        """The records of a channel of the same model, oldest first, but for those of this capture."""
        shown = record_of(capture, name, site, channel, "")
        same = (shown.fingerprint, site, channel)
        return [
            record
            for record in self._held
            if (record.fingerprint, record.site, record.channel) == same and not record.is_same(shown)
        ]
