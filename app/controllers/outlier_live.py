"""The token map that follows the chat: what is read at the spikes' site, a row for every token."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from app.engine_thread import EngineThread
from app.messages import Traced
from app.presenters.outlier_live import LiveRow, live_frame, live_readout, most_rows, name_of
from app.presenters.outlier_numbers import Arrays, token_numbers
from app.presenters.outliers import MapPick
from gpu.events import ChannelStats, PromptProgress
from views.frames.outliers import HeatFrame


class LiveTokens(QObject):
    """Collects only while it is on; statistics come at the spikes' pace, so a model that is faster than that
    leaves out tokens. `changed` says that there is something newer to draw."""

    changed = Signal()

    def __init__(self, engine: EngineThread, parent: QObject) -> None:
        super().__init__(parent)
        self.is_on = False
        self.site = ""
        self._rows: list[LiveRow] = []
        self._pieces: list[bytes] = []
        self._prompt_tokens = 0
        self._run_id = 0
        self._opened = ""
        engine.said.connect(self._hear)

    @Slot(bool)
    def follow(self, is_on: bool) -> None:
        self.is_on = is_on
        self._rows.clear()
        self.changed.emit()

    @Slot(object, str)
    def set_statistics(self, stats: ChannelStats | None, site: str) -> None:
        """The newest token at the spikes' site."""
        if not self.is_on or stats is None or not stats.tokens:
            return
        if site != self.site or (self._rows and self._rows[-1].values.size != stats.newest.size):
            self.site = site
            self._rows.clear()
        row = LiveRow(stats.tokens, stats.newest, self._opened)
        if self._rows and (self._rows[-1].number, self._rows[-1].name) == (row.number, row.name):
            self._rows.pop()
        self._rows.append(row)
        del self._rows[: -most_rows(stats.newest.size)]
        self._opened = ""
        self.changed.emit()

    @Slot(str)
    def show_token(self, label: str) -> None:
        """The probes hold one token of the chat now: what is read next is that."""
        self._opened = label if self.is_on else ""

    def frame(self, pick: MapPick, channel: int | None) -> HeatFrame:
        return live_frame(self._rows, self._names(), self.site, pick, channel)

    def readout(self, row: int, channel: int) -> str:
        return live_readout(self._rows, self._names(), self.site, row, channel)

    def numbers(self) -> Arrays:
        values = np.stack([row.values for row in self._rows]) if self._rows else None
        return token_numbers(self.site, values, self._names())

    def _names(self) -> list[str]:
        return [name_of(row, self._prompt_tokens, self._pieces) for row in self._rows]

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, PromptProgress):
            if letter.run_id != self._run_id:
                self._run_id = letter.run_id
                self._pieces.clear()
                self._rows.clear()
            self._prompt_tokens = letter.total_tokens - letter.reused_tokens
        elif isinstance(letter, Traced) and letter.run_id == self._run_id:
            self._pieces.append(letter.entry.piece)
