"""The token map that follows the chat: every token's values at one site, as they are read."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from app.engine_thread import EngineThread
from app.messages import Followed
from app.presenters.outlier_live import LiveRow, live_frame, live_readout, most_rows
from app.presenters.outlier_numbers import Arrays, token_numbers
from app.presenters.outliers import MapPick
from views.frames.outliers import HeatFrame


class LiveTokens(QObject):
    """Collects only while it is on. `changed` says that there is something newer to draw."""

    changed = Signal()

    def __init__(self, engine: EngineThread, parent: QObject) -> None:
        super().__init__(parent)
        self.is_on = False
        self.site = ""
        self._rows: list[LiveRow] = []
        self._run_id = 0
        engine.said.connect(self._hear)

    def follow(self, is_on: bool) -> None:
        self.is_on = is_on
        self._rows.clear()

    def frame(self, pick: MapPick, channel: int | None) -> HeatFrame:
        return live_frame(self._rows, self.site, pick, channel)

    def readout(self, row: int, channel: int) -> str:
        return live_readout(self._rows, self.site, row, channel)

    def numbers(self) -> Arrays:
        values = np.stack([row.values for row in self._rows]) if self._rows else None
        return token_numbers(self.site, values, [row.name for row in self._rows])

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if not self.is_on or not isinstance(letter, Followed):
            return
        if (letter.run_id, letter.site) != (self._run_id, self.site):
            self._run_id, self.site = letter.run_id, letter.site
            self._rows.clear()
        self._rows += [
            LiveRow(letter.first + place, values, piece)
            for place, (values, piece) in enumerate(zip(letter.values, letter.pieces, strict=True))
        ]
        del self._rows[: -most_rows(letter.values.shape[1])]
        self.changed.emit()
