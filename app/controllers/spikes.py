"""The spikes: which site is read, live while an answer runs and once when the person picks another."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.engine_thread import EngineThread
from app.messages import ModelFacts
from app.presenters.sites import site_name
from app.presenters.spikes import SpikesPick, spikes_frame
from gpu.events import ChannelStats
from gpu.probes.selection import ProbeSelection
from views.spikes import SpikesPanel

PLOT_PERIOD_MS = 33


class SpikesController(QObject):
    """Owns the choice of site. `statistics_changed` passes on what is read there, None when nothing is.

    The timer runs only while something can arrive: during an answer, and after a single read was asked for.
    """

    statistics_changed = Signal(object, str)  # ChannelStats or None, site

    def __init__(self, panel: SpikesPanel, engine: EngineThread) -> None:
        super().__init__(panel)
        self._panel, self._engine = panel, engine
        self._selection = ProbeSelection()
        self._sites: tuple[str, ...] = ()
        self._pick = SpikesPick()
        self._note = ""
        self._subject = ""  # the one token that the probes hold, if it is one
        self._stats: ChannelStats | None = None
        self._running = self._awaiting = False
        self._watched = True
        self._timer = QTimer(self, interval=PLOT_PERIOD_MS)
        self._connect()
        self._show()

    @property
    def site(self) -> str:
        return site_name(self._pick.kind, self._pick.layer, self._sites)

    def probe(self) -> ProbeSelection | None:
        """What the next answer should be probed for."""
        return self._selection if self._pick.live or self._selection.followed else None

    @Slot(str)
    def follow(self, site: str) -> None:
        """Have every token's values read at a site; none if empty."""
        self._selection.followed = site

    def set_model(self, facts: ModelFacts | None, note: str = "") -> None:
        self._sites = facts.sites if facts is not None else ()
        self._note, self._subject = note, ""
        self._forget()

    def set_watched(self, watched: bool) -> None:
        """Whether anybody can see the statistics; if not, they are not read back."""
        self._watched = watched
        self._select()
        if watched:
            self._read_once()

    @Slot(str)
    def show_token(self, label: str) -> None:
        """The probes hold a single token now: show it, and say which it is."""
        self._subject = label
        self._show()
        self._read_once()

    @Slot(bool)
    def set_running(self, running: bool) -> None:
        """An answer begins or has ended; what was read stays on show until there is something newer."""
        self._running = running
        if running:
            self._subject = ""
        if running:
            self._timer.start()
        else:
            self._poll()

    @Slot(str)
    def _choose_kind(self, kind: str) -> None:
        self._choose(replace(self._pick, kind=kind))

    @Slot(int)
    def _choose_layer(self, layer: int) -> None:
        self._choose(replace(self._pick, layer=layer))

    def _choose(self, pick: SpikesPick) -> None:
        self._pick = pick
        self._forget()
        self._read_once()

    @Slot(str)
    def _choose_statistic(self, statistic: str) -> None:
        self._pick = replace(self._pick, statistic=statistic)
        self._show()

    @Slot(bool)
    def _choose_live(self, live: bool) -> None:
        self._pick = replace(self._pick, live=live)
        self._select()
        self._show()

    def _select(self) -> None:
        reading = self._pick.live and self._watched and self.site
        self._selection.choose(*([self.site] if reading else []))

    def _forget(self) -> None:
        """What was read belongs to another site or answer."""
        self._stats = None
        self._select()
        self._publish()

    def _read_once(self) -> None:
        """Between answers the probes keep what the last one left; ask for it."""
        if self.site and self._watched and not self._running:
            self._awaiting = True
            self._engine.read(self.site)
            self._timer.start()

    @Slot()
    def _poll(self) -> None:
        stats = self._engine.take(ChannelStats)
        if stats is not None and stats.site == self.site:
            self._stats, self._awaiting = stats, False
            self._publish()
        if not self._running and not self._awaiting:
            self._timer.stop()

    def _publish(self) -> None:
        self._show()
        self.statistics_changed.emit(self._stats, self.site)

    def _show(self) -> None:
        note = f"Only {self._subject}, as the model read it." if self._subject else self._note
        frame = spikes_frame(self._stats, self.site, self._sites, self._pick, note)
        self._panel.set_frame(frame)

    def _connect(self) -> None:
        self._timer.timeout.connect(self._poll)
        self._panel.kind_chosen.connect(self._choose_kind)
        self._panel.layer_chosen.connect(self._choose_layer)
        self._panel.statistic_chosen.connect(self._choose_statistic)
        self._panel.live_toggled.connect(self._choose_live)
