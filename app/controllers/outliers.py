"""The outlier browser: holds the captures at hand and shows what one says of every channel."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.outlier_capture import CaptureController
from app.controllers.outlier_files import CaptureFiles
from app.controllers.outlier_knockout import KnockoutController
from app.controllers.outlier_live import LiveTokens
from app.controllers.outlier_pins import Pins
from app.controllers.outlier_profile import ProfileController
from app.engine_thread import EngineThread
from app.messages import ModelFacts
from app.pin_records import PinFile
from app.presenters.outlier_drift import drift_frame
from app.presenters.outlier_findings import pin_of, verdicts_frame
from app.presenters.outlier_numbers import Arrays, Shown, page_numbers, token_numbers
from app.presenters.outlier_pages import (
    Columns,
    TokensPresenter,
    channel_frame,
    sink_readout,
    sinks_frame,
)
from app.presenters.outliers import NOTHING, MapPick, MapPresenter, Pin, pick_frame, site_of, summary
from app.presenters.sites import RESIDUAL, split_site
from app.sources import Sources
from app.tasks.capture import ColumnsRead, capture_failed, read_columns
from gpu.probes.captured import Capture
from views.frames import Choice
from views.frames.outliers import ChannelFrame, CriteriaFrame, DriftFrame, HeatFrame, VerdictsFrame
from views.outliers import OutliersPanel


class OutliersController(QObject):
    """The newest capture is on show until another is chosen. `watched_changed` says whether anybody sees the
    chat followed."""

    watched_changed = Signal(bool)

    def __init__(
        self, panel: OutliersPanel, engine: EngineThread, sources: Sources, records: PinFile | None = None
    ) -> None:
        super().__init__(panel)
        self._panel, self._engine = panel, engine
        self._facts: ModelFacts | None = None
        self._map_pick = MapPick()
        self._captures: dict[str, Capture] = {}
        self._shown, self._other = "", ""
        self._pin: Pin | None = None
        self._verdicts = VerdictsFrame()
        self._channel = ChannelFrame()
        self._columns: dict[tuple[str, str], Columns] = {}
        self._map: MapPresenter | None = None
        self._tokens: TokensPresenter | None = None
        self.taking = CaptureController(panel.source, engine, sources)
        self.files = CaptureFiles(panel, self.add, self.taking.say, self._numbers)
        self._pins = Pins(records, self.taking.say)
        self.live = LiveTokens(engine, self)
        self.profile = ProfileController(panel.profile)
        self.knockout = KnockoutController(panel.knockout, engine)
        self._connect()
        self._change_map()
        self._show_all()

    @property
    def capture(self) -> Capture | None:
        """The one on show."""
        return self._captures.get(self._shown)

    def set_model(self, facts: ModelFacts | None) -> None:
        self._facts = facts
        self._columns.clear()
        self.knockout.set_model(facts)
        self.taking.set_model(facts)

    def stop(self) -> None:
        """Before the window closes."""
        self.profile.stop()

    @Slot(str, object)
    def add(self, name: str, capture: Capture) -> None:
        """Put a capture on show under a name of its own."""
        unique, number = name, 2
        while unique in self._captures:
            unique, number = f"{name} ({number})", number + 1
        self._captures[unique] = capture
        self._other = self._shown or self._other
        self.taking.say(summary(capture))
        self._choose_capture(unique)

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, ColumnsRead) and self.capture is not None:
            key = self.capture.origin.fingerprint, letter.site
            self._columns[key] = Columns(letter.norms, letter.absmax)
            self._show_pinned()

    @Slot(str)
    def _choose_capture(self, name: str) -> None:
        self._shown = name
        if self._pin is not None and self.capture is not None and not site_of(self.capture, self._pin):
            self._pin = None
        self._show_all()

    @Slot(str)
    def _choose_other(self, name: str) -> None:
        self._other = name
        self._show_drift()

    @Slot()
    def _choose_file(self) -> None:
        self.taking.set_file(self.files.choose_text())

    def _change_map(self, **changes: object) -> None:
        self._map_pick = replace(self._map_pick, **changes)  # type: ignore[arg-type]
        self.taking.set_kind(self._map_pick.kind)
        self._show_map()

    @Slot(int, int)
    def _pin_cell(self, row: int, place: int) -> None:
        if self._map is not None:
            self._set_pin(self._map.pin_at(row, place))

    @Slot(int, int)
    def _pin_token(self, _row: int, place: int) -> None:
        if self.live.is_on:
            self._pin_live(place)
        elif self._tokens is not None and self._pin is not None:
            self._set_pin(replace(self._pin, channel=int(self._tokens.order[place])))

    def _pin_live(self, channel: int) -> None:
        kind, layer = split_site(self.live.site)
        if kind != self._map_pick.kind:
            self._change_map(kind=kind)
        self._set_pin(Pin(kind, layer, channel))

    @Slot(int)
    def _pin_row(self, number: int) -> None:
        """A row of the table: its channel, its kind of site on the map."""
        pin = pin_of(self._verdicts.rows[number])
        if pin.kind != self._map_pick.kind:
            self._map_pick = replace(self._map_pick, kind=pin.kind)
        self._pin = pin
        self._remember()
        self._show_map()
        self._ask_columns()

    def _set_pin(self, pin: Pin) -> None:
        self._pin = pin
        self._remember()
        if self._panel.tab() == "verdicts":
            self._panel.show_tab("channel")
        self._show_pinned()
        self._ask_columns()

    def _remember(self) -> None:
        if self._pin is not None and self.capture is not None:
            site = site_of(self.capture, self._pin)
            self._pins.remember(self.capture, self._shown, site, self._pin.channel)

    def _ask_columns(self) -> None:
        """The weights that read the pinned channel, where the capture is of the open model."""
        if self._pin is None or self.capture is None or self._facts is None or self._pin.kind == RESIDUAL:
            return
        site = site_of(self.capture, self._pin)
        if (self.capture.origin.fingerprint, site) not in self._columns and site in self._facts.sites:
            self._engine.run(
                lambda desk, cancel: read_columns(desk, cancel, site), capture_failed, background=True
            )

    def _show_all(self) -> None:
        self.taking.set_captures(tuple(self._captures), self._shown)
        self._judge(self._verdicts.criteria)
        self.knockout.set_capture(self.capture)
        self.files.set_shown(self._shown, self.capture)
        self._show_map()

    def _judge(self, criteria: CriteriaFrame) -> None:
        """The verdicts under some thresholds."""
        self._verdicts = verdicts_frame(self.capture, criteria)
        self._panel.verdicts.set_frame(self._verdicts)
        self.files.set_verdicts(self._verdicts)

    def _show_map(self) -> None:
        capture = self.capture
        self._panel.picks.set_frame(pick_frame(capture, self._map_pick))
        self._map = MapPresenter(capture, self._map_pick, self._shown) if capture is not None else None
        self.files.set_map(self._map)
        self._show_pinned()
        self._panel.sinks.set_frame(sinks_frame(capture, self._map_pick.palette))
        self._panel.sinks.set_readout(sink_readout(capture, -1, -1))
        self._show_drift()

    def _show_pinned(self) -> None:
        """What depends on the pinned channel."""
        capture, pin = self.capture, self._pin
        self._panel.set_map(self._map.frame(pin) if self._map is not None else HeatFrame(empty=NOTHING))
        if capture is None or self._map is None:
            self._panel.channel.set_frame(channel_frame(None, None, None, {}))
            self._show_tokens()
            return
        site = site_of(capture, pin) if pin is not None else self._map.sites[0].site
        columns = self._columns.get((capture.origin.fingerprint, site))
        others = {name: other for name, other in self._captures.items() if name != self._shown}
        earlier = [] if pin is None else self._pins.earlier(capture, self._shown, site, pin.channel)
        self._channel = channel_frame(capture, pin, columns, others, earlier)
        self._panel.channel.set_frame(self._channel)
        if (
            self._tokens is None
            or (self._tokens.capture, self._tokens.site) != (capture, site)
            or self._tokens.pick != self._map_pick
        ):
            self._tokens = TokensPresenter(capture, site, self._map_pick, self._map.order)
        self._show_tokens()
        self.profile.set_site(capture, site, None if columns is None else columns.absmax)

    @Slot()
    def _show_tokens(self) -> None:
        """The chat's tokens where it is followed, else those of the capture."""
        if self.live.is_on:
            if self._panel.tokens.isVisible():
                channel = self._pin.channel if self._pin is not None else None
                self._panel.tokens.set_frame(self.live.frame(self._map_pick, channel))
        elif self._tokens is not None and self.capture is not None:
            self._panel.tokens.set_frame(self._tokens.frame(self._pin))
        else:
            self._panel.tokens.set_frame(HeatFrame(empty=NOTHING))
        self._read_tokens(-1, -1)

    def _show_drift(self) -> None:
        others = tuple(Choice(name, name) for name in self._captures if name != self._shown)
        other = self._compared()
        frame = drift_frame(
            self.capture, self._captures.get(other), self._map_pick, DriftFrame(others, other)
        )
        self._panel.drift.set_frame(frame)

    def _compared(self) -> str:
        """The name of the capture that the one on show is compared with."""
        others = [name for name in self._captures if name != self._shown]
        return self._other if self._other in others else next(iter(others), "")

    def _numbers(self) -> Arrays:
        """What the page in front shows."""
        shown = Shown(
            self._verdicts,
            self._channel,
            self.profile.frame,
            self.knockout.frame,
            self.capture,
            self._captures.get(self._compared()),
            self._token_numbers(),
        )
        return page_numbers(self._panel.tab(), shown)

    def _token_numbers(self) -> Arrays:
        shown = self._tokens
        if self.live.is_on or shown is None:
            return self.live.numbers()
        return token_numbers(shown.site, shown.capture.values.get(shown.site), shown.capture.pieces)

    def _read_map(self, row: int, place: int) -> None:
        self._panel.set_readout(self._map.readout(row, place) if self._map is not None else "")

    def _read_tokens(self, row: int, place: int) -> None:
        shown = self.live if self.live.is_on else self._tokens
        self._panel.tokens.set_readout(shown.readout(row, place) if shown is not None else "")

    def _connect(self) -> None:
        panel, picks = self._panel, self._panel.picks
        self._engine.told.connect(self._hear)
        self.taking.captured.connect(self.add)
        self.taking.file_wanted.connect(self._choose_file)
        panel.source.capture_chosen.connect(self._choose_capture)
        picks.kind_chosen.connect(lambda kind: self._change_map(kind=kind))
        picks.statistic_chosen.connect(lambda key: self._change_map(statistic=key, handles=(0.0, 1.0)))
        picks.scale_chosen.connect(lambda scale: self._change_map(scale=scale, handles=(0.0, 1.0)))
        picks.palette_chosen.connect(lambda palette: self._change_map(palette=palette))
        picks.sort_toggled.connect(lambda is_on: self._change_map(is_sorted=is_on))
        panel.bar.levels_chosen.connect(lambda low, high: self._change_map(handles=(low, high)))
        panel.map.hovered.connect(self._read_map)
        panel.map.pinned.connect(self._pin_cell)
        panel.map.brushed.connect(panel.map.show_columns)
        panel.verdicts.criteria.chosen.connect(self._judge)
        panel.verdicts.channel_chosen.connect(self._pin_row)
        panel.tokens.follow_toggled.connect(self.live.follow)
        panel.tokens.watched_changed.connect(self.watched_changed)
        panel.tokens.watched_changed.connect(lambda _is_on: self._show_tokens())
        self.live.changed.connect(self._show_tokens)
        panel.tokens.pinned.connect(self._pin_token)
        panel.tokens.hovered.connect(self._read_tokens)
        panel.sinks.hovered.connect(lambda r, c: panel.sinks.set_readout(sink_readout(self.capture, r, c)))
        panel.drift.other_chosen.connect(self._choose_other)
