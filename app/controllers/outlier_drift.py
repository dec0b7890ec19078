"""Two captures compared: the one on show with another of the shelf."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.outlier_shelf import Shelf
from app.presenters.outlier_drift import drift_frame, drift_readout, drift_sites
from app.presenters.outliers import MapPick
from views.frames import Choice
from views.frames.outliers import DriftFrame, MatchFrame
from views.outliers.drift import DriftPage


class DriftController(QObject):
    """`pinned` gives the site and the channel that was clicked."""

    pinned = Signal(str, int)

    def __init__(self, page: DriftPage, shelf: Shelf) -> None:
        super().__init__(page)
        self._page, self._shelf = page, shelf
        self._pick, self._match = MapPick(), MatchFrame()
        page.other_chosen.connect(self._choose_other)
        page.match.chosen.connect(self._choose_match)
        page.page.hovered.connect(self._read)
        page.page.pinned.connect(self._pin)

    def show(self, pick: MapPick) -> None:
        """Of the captures on the shelf, the kind of site that is picked."""
        self._pick = pick
        shelf = self._shelf
        others = tuple(Choice(name, name) for name in shelf.others)
        frame = DriftFrame(others, shelf.other, match=self._match)
        self._page.set_frame(drift_frame(shelf.capture, shelf.compared, pick, frame))

    @Slot(str)
    def _choose_other(self, name: str) -> None:
        self._shelf.compare_with(name)
        self.show(self._pick)

    @Slot(object)
    def _choose_match(self, match: MatchFrame) -> None:
        self._match = match
        self.show(self._pick)

    @Slot(int, int)
    def _read(self, row: int, channel: int) -> None:
        shelf = self._shelf
        text = drift_readout(shelf.capture, shelf.compared, self._pick.kind, row, channel)
        self._page.page.set_readout(text)

    @Slot(int, int)
    def _pin(self, row: int, channel: int) -> None:
        sites = drift_sites(self._shelf.capture, self._shelf.compared, self._pick.kind)
        self.pinned.emit(sites[row], channel)
