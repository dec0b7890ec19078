"""The token × channel page: the chat's tokens where it is followed, else those of the capture on show."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.controllers.outlier_live import LiveTokens
from app.engine_thread import EngineThread
from app.presenters.outlier_numbers import Arrays, token_numbers
from app.presenters.outlier_pages import TokensPresenter
from app.presenters.outliers import NOTHING, MapPick, MapPresenter, Pin
from gpu.probes.captured import Capture
from views.frames.outliers import HeatFrame
from views.outliers.tokens import TokensPage

FRAME_MS = 33


class TokenPageController(QObject):
    """`pinned` gives the site and the channel that was clicked; `followed` the site at which every token of
    the chat is wanted, "" while nobody looks."""

    pinned = Signal(str, int)
    followed = Signal(str)

    def __init__(self, page: TokensPage, engine: EngineThread) -> None:
        super().__init__(page)
        self._page = page
        self.live = LiveTokens(engine, self)
        self._shown: TokensPresenter | None = None
        self._wanted, self._watched = "", False
        self._pick = MapPick()
        self._pin: Pin | None = None
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self._draw)
        self.live.changed.connect(self._draw_soon)
        page.pinned.connect(self._report_pin)
        page.hovered.connect(self._read)
        page.follow_toggled.connect(self._follow)
        page.watched_changed.connect(self._watch)

    @property
    def site(self) -> str:
        if self.live.is_on or self._shown is None:
            return self.live.site
        return self._shown.site

    def set_site(
        self, capture: Capture | None, site: str, pick: MapPick, shown: MapPresenter | None, pin: Pin | None
    ) -> None:
        """Which site of which capture, in the map's colours and order."""
        self._pick, self._pin = pick, pin
        if capture is None or shown is None:
            self._shown = None
        elif (
            self._shown is None
            or (self._shown.capture, self._shown.site) != (capture, site)
            or self._shown.pick != pick
        ):
            self._shown = TokensPresenter(capture, site, pick, shown.order)
        self._draw()

    def set_wanted(self, site: str) -> None:
        """Which of the open model's sites is followed."""
        self._wanted = site
        self._ask()

    def numbers(self) -> Arrays:
        shown = self._shown
        if self.live.is_on or shown is None:
            return self.live.numbers()
        return token_numbers(shown.site, shown.capture.values.get(shown.site), shown.capture.pieces)

    @Slot(bool)
    def _follow(self, is_on: bool) -> None:
        self.live.follow(is_on)
        self._draw()

    @Slot(bool)
    def _watch(self, watched: bool) -> None:
        self._watched = watched
        self._ask()
        self._draw()

    def _ask(self) -> None:
        self.followed.emit(self._wanted if self._watched else "")

    @Slot()
    def _draw_soon(self) -> None:
        """Tokens may come faster than anybody sees."""
        if not self._frame.isActive():
            self._frame.start()

    @Slot()
    def _draw(self) -> None:
        if self.live.is_on:
            if not self._page.isVisible():
                return
            channel = self._pin.channel if self._pin is not None else None
            self._page.set_frame(self.live.frame(self._pick, channel))
        elif self._shown is not None:
            self._page.set_frame(self._shown.frame(self._pin))
        else:
            self._page.set_frame(HeatFrame(empty=NOTHING))
        self._read(-1, -1)

    @Slot(int, int)
    def _read(self, row: int, place: int) -> None:
        shown = self.live if self.live.is_on else self._shown
        self._page.set_readout(shown.readout(row, place) if shown is not None else "")

    @Slot(int, int)
    def _report_pin(self, _row: int, place: int) -> None:
        if self.live.is_on:
            self.pinned.emit(self.live.site, place)
        elif self._shown is not None:
            self.pinned.emit(self._shown.site, int(self._shown.order[place]))
