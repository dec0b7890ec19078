"""Following the spikes' site token by token: a map of the newest, and now and then their blast radius."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.live_rows import LiveRows
from app.measuring import Post
from app.worker import Worker
from gpu.blast_radius import blast_radius
from gpu.block_map import map_blocks
from gpu.damage_stream import RowSource
from gpu.events import ChannelStats
from gpu.sweep import Rounding

PERIOD_MS = 33  # the spikes' pace
RADIUS_PERIOD_MS = 700


class LiveMap(QObject):
    """Measures here what takes a few milliseconds, and the blast radius on a thread of its own.

    `mapped` gives a source and its map, `radius` the points of the newest rows.
    """

    mapped = Signal(object, object)
    radius = Signal(object)

    def __init__(self, rounding: Rounding, parent: QObject) -> None:
        super().__init__(parent)
        self._rounding = rounding
        self._on = False
        self._stats: ChannelStats | None = None
        self._rows = LiveRows()
        self._source: RowSource | None = None
        self.site = ""
        self.worker = Worker("live radius", self)
        self._timer = QTimer(self, singleShot=True, interval=PERIOD_MS)
        self._slow = QTimer(self, singleShot=True, interval=RADIUS_PERIOD_MS)
        self._timer.timeout.connect(self._follow)
        self._slow.timeout.connect(self._measure_radius)
        self.worker.told.connect(self.radius)

    @property
    def has_values(self) -> bool:
        return self._stats is not None

    def set_statistics(self, stats: ChannelStats | None, site: str) -> None:
        self._stats, self.site = stats, site
        if self._on and stats is not None and not self._timer.isActive():
            self._timer.start()

    def follow(self, on: bool, rounding: Rounding) -> None:
        """Begin, with what is there already, or end."""
        self._on, self._rounding = on, rounding
        if on:
            self._follow()
        else:
            self._timer.stop()
            self._slow.stop()

    @Slot()
    def _follow(self) -> None:
        stats = self._stats
        if not self._on or stats is None or not stats.tokens:
            return
        self._source = self._rows.add(stats)
        self.mapped.emit(self._source, map_blocks(self._source, self._rounding))
        if not self._slow.isActive():
            self._slow.start()

    @Slot()
    def _measure_radius(self) -> None:
        source = self._source
        if source is not None:
            self.worker.run(lambda post, _cancel: _post_radius(source, post))


def _post_radius(source: RowSource, post: Post) -> None:
    post(blast_radius(source.read_f32()))
