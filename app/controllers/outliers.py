"""The outlier browser: shows what a capture says of every channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Slot

from app.controllers.outlier_capture import CaptureController
from app.controllers.outlier_drift import DriftController
from app.controllers.outlier_files import CaptureFiles
from app.controllers.outlier_knockout import KnockoutController
from app.controllers.outlier_pins import Pins
from app.controllers.outlier_profile import ProfileController
from app.controllers.outlier_shelf import Shelf
from app.controllers.outlier_tokens import TokenPageController
from app.engine_thread import EngineThread
from app.messages import ModelFacts
from app.pin_records import PinFile
from app.presenters.outlier_findings import pin_of, verdicts_frame
from app.presenters.outlier_numbers import Shown
from app.presenters.outlier_pages import (
    Columns,
    channel_frame,
    sink_readout,
    sinks_frame,
)
from app.presenters.outliers import NOTHING, MapPick, MapPresenter, Pin, pick_frame, site_of, summary
from app.presenters.sites import RESIDUAL, site_name, split_site
from app.sources import Sources
from app.tasks.capture import ColumnsRead, capture_failed, read_columns
from gpu.probes.captured import Capture
from views.frames.outliers import ChannelFrame, CriteriaFrame, HeatFrame, VerdictsFrame
from views.outliers import OutliersPanel


class OutliersController(QObject):
    """Everything on the page follows the capture on show, the pickers and the pinned channel."""

    def __init__(
        self, panel: OutliersPanel, engine: EngineThread, sources: Sources, records: PinFile | None = None
    ) -> None:
        super().__init__(panel)
        self._panel, self._engine = panel, engine
        self._facts: ModelFacts | None = None
        self._map_pick = MapPick()
        self._shelf = Shelf()
        self._pin: Pin | None = None
        self._verdicts = VerdictsFrame()
        self._channel = ChannelFrame()
        self._columns: dict[tuple[str, str], Columns] = {}
        self._map: MapPresenter | None = None
        self.taking = CaptureController(panel.source, engine, sources)
        self.files = CaptureFiles(panel, self.add, self.taking.say, self._what_is_shown)
        self._pins = Pins(records, self.taking.say)
        self.tokens = TokenPageController(panel.tokens, engine)
        self.profile = ProfileController(panel.profile)
        self.knockout = KnockoutController(panel.knockout, engine)
        self.drift = DriftController(panel.drift, self._shelf)
        self._connect()
        self._change_map()
        self._show_all()

    @property
    def panel(self) -> OutliersPanel:
        return self._panel

    @property
    def capture(self) -> Capture | None:
        """The one on show."""
        return self._shelf.capture

    def set_model(self, facts: ModelFacts | None) -> None:
        self._facts = facts
        self._columns.clear()
        self.knockout.set_model(facts)
        self.taking.set_model(facts)
        self._follow()

    def stop(self) -> None:
        """Before the window closes."""
        self.profile.stop()

    @Slot(str, object)
    def add(self, name: str, capture: Capture) -> None:
        """Put a capture on show under a name of its own."""
        self._shelf.put(name, capture)
        self.taking.say(summary(capture))
        self._show_another()

    @Slot(str, object)
    def show_token(self, name: str, capture: Capture) -> None:
        """A token opened in the chat: what it did, at the channel that stands out most."""
        self._shelf.put_token(name, capture)
        self.taking.say(f"{name}, opened in the chat · {summary(capture)}")
        self._panel.tokens.stop_following()
        kind = self._map_pick.kind
        layer = self._pin.layer if self._pin is not None else 0
        site = capture.sites.get(site_name(kind, layer or 0, tuple(capture.sites)))
        if site is not None:
            strongest = int(np.nan_to_num(site.absmax, nan=np.inf).argmax())
            self._pin = Pin(kind, split_site(site.site)[1], strongest)
        self._show_another()
        self._panel.show_tab("tokens")

    @Slot(object)
    def _add_all(self, captures: Sequence[tuple[str, Capture]]) -> None:
        """Those that were taken together are shown side by side."""
        for name, capture in captures:
            self.add(name, capture)
        if len(captures) > 1:
            self._panel.show_tab("drift")

    @Slot(object)
    def _hear(self, letter: object) -> None:
        if isinstance(letter, ColumnsRead) and self.capture is not None:
            key = self.capture.origin.fingerprint, letter.site
            self._columns[key] = Columns(letter.norms, letter.absmax)
            self._show_pinned()

    @Slot(str)
    def _choose_capture(self, name: str) -> None:
        self._shelf.shown = name
        self._show_another()

    @Slot()
    def _close_capture(self) -> None:
        self._shelf.drop()
        self.taking.say(summary(self.capture) if self.capture is not None else "")
        self._show_another()

    def _show_another(self) -> None:
        if self._pin is not None and (self.capture is None or not site_of(self.capture, self._pin)):
            self._pin = None
        self._show_all()

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

    @Slot(str, int)
    def _pin_site(self, site: str, channel: int) -> None:
        kind, layer = split_site(site)
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
            self._pins.remember(self.capture, self._shelf.shown, site, self._pin.channel)

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
        self.taking.set_captures(self._shelf.names, self._shelf.shown)
        self._judge(self._verdicts.criteria)
        self.knockout.set_capture(self.capture)
        self._show_map()

    def _judge(self, criteria: CriteriaFrame) -> None:
        """The verdicts under some thresholds."""
        self._verdicts = verdicts_frame(self.capture, criteria)
        self._panel.verdicts.set_frame(self._verdicts)

    def _show_map(self) -> None:
        capture = self.capture
        self._panel.picks.set_frame(pick_frame(capture, self._map_pick))
        self._map = MapPresenter(capture, self._map_pick, self._shelf.shown) if capture is not None else None
        self._show_pinned()
        self._panel.sinks.set_frame(sinks_frame(capture, self._map_pick.palette))
        self._panel.sinks.set_readout(sink_readout(capture, -1, -1))
        self.drift.show(self._map_pick)

    def _show_pinned(self) -> None:
        """What depends on the pinned channel."""
        self._follow()
        capture, pin = self.capture, self._pin
        self._panel.set_map(self._map.frame(pin) if self._map is not None else HeatFrame(empty=NOTHING))
        if capture is None or self._map is None:
            self._channel = channel_frame(None, None, None, {})
            self._panel.channel.set_frame(self._channel)
            self.tokens.set_site(None, "", self._map_pick, None, pin)
            self.profile.clear()
            return
        site = site_of(capture, pin) if pin is not None else self._map.sites[0].site
        columns = self._columns.get((capture.origin.fingerprint, site))
        name = self._shelf.shown
        earlier = [] if pin is None else self._pins.earlier(capture, name, site, pin.channel)
        self._channel = channel_frame(capture, pin, columns, self._shelf.others, earlier)
        self._panel.channel.set_frame(self._channel)
        self.tokens.set_site(capture, site, self._map_pick, self._map, pin)
        self.profile.set_site(capture, site, None if columns is None else columns.absmax)

    def _follow(self) -> None:
        """The chat is followed at the site of the pin, or the first of the kind on show."""
        layer = self._pin.layer if self._pin is not None else 0
        sites = self._facts.sites if self._facts is not None else ()
        self.tokens.set_wanted(site_name(self._map_pick.kind, layer or 0, sites))

    def _what_is_shown(self) -> Shown:
        shelf = self._shelf
        return Shown(
            shelf.shown,
            shelf.capture,
            shelf.other,
            shelf.compared,
            self._map,
            self._verdicts,
            self._channel,
            self.profile.frame,
            self.knockout.frame,
            self.tokens.site,
            self.tokens.numbers(),
        )

    def _read_map(self, row: int, place: int) -> None:
        self._panel.set_readout(self._map.readout(row, place) if self._map is not None else "")

    def _connect(self) -> None:
        panel, picks = self._panel, self._panel.picks
        self._engine.told.connect(self._hear)
        self.taking.captured.connect(self._add_all)
        self.taking.file_wanted.connect(self._choose_file)
        panel.source.close_requested.connect(self._close_capture)
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
        self.tokens.pinned.connect(self._pin_site)
        panel.sinks.hovered.connect(lambda r, c: panel.sinks.set_readout(sink_readout(self.capture, r, c)))
        self.drift.pinned.connect(self._pin_site)
