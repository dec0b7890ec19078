"""The damage: what the chosen format and granularity would do to the newest token at the spikes' site."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Slot

from app.presenters.damage import DamagePick, damage_frame
from gpu.events import ChannelStats
from views.damage import DamagePanel

PERIOD_MS = 100  # three charts that change faster are not read faster


class DamageController(QObject):
    """Measures what the spikes show, at its own slower pace, and only while somebody can see it."""

    def __init__(self, panel: DamagePanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._pick = DamagePick()
        self._stats: ChannelStats | None = None
        self._site = ""
        self._watched = True
        self._timer = QTimer(self, singleShot=True, interval=PERIOD_MS)
        self._timer.timeout.connect(self._show)
        panel.format_chosen.connect(self._choose_format)
        panel.granularity_chosen.connect(self._choose_granularity)
        self._show()

    def set_watched(self, watched: bool) -> None:
        self._watched = watched
        if watched:
            self._show()

    @Slot(object, str)
    def set_statistics(self, stats: ChannelStats | None, site: str) -> None:
        """Draw at the end of the running period what is newest then."""
        self._stats, self._site = stats, site
        if not self._timer.isActive():
            self._timer.start()

    @Slot(str)
    def _choose_format(self, name: str) -> None:
        self._pick = replace(self._pick, format=name)
        self._show()

    @Slot(str)
    def _choose_granularity(self, name: str) -> None:
        self._pick = replace(self._pick, granularity=name)
        self._show()

    @Slot()
    def _show(self) -> None:
        if self._watched:
            self._panel.set_frame(damage_frame(self._stats, self._site, self._pick, bool(self._site)))
