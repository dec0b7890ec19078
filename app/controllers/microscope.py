"""The microscope: which tensor or live site is looked at, how, and what was found out about it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.lens import BlockLens
from app.controllers.live_map import LiveMap
from app.controllers.site_captures import SiteCaptures
from app.controllers.sweep import SweepController
from app.engine_thread import EngineThread
from app.failures import sentence_of
from app.measuring import Look, Mapped, Options, Output, Radius, measure_all
from app.messages import ModelFacts
from app.presenters.microscope import controls_frame, map_frame, radius_frame
from app.presenters.microscope_lists import options_frame, output_frame
from app.tasks.tensors import TensorsFound, find_tensors
from app.worker import Worker
from gpu.block_map import BlockMap
from gpu.checkpoints.base import Checkpoint
from gpu.damage_stream import RowSource
from gpu.errors import Cancelled, SchemeError
from gpu.events import ChannelStats
from gpu.sweep import Rounding
from views.frames.microscope import LinesFrame, MapFrame, OptionsFrame
from views.microscope import MicroscopePanel

DEFAULT = "int4@b32"


class MicroscopeController(QObject):
    """Measures on a thread of its own; `text` gives what to run when activations are to be captured."""

    watching_changed = Signal(bool)  # whether the spikes' statistics are wanted here

    def __init__(self, panel: MicroscopePanel, engine: EngineThread, text: Callable[[], str]) -> None:
        super().__init__(panel)
        self._panel, self._engine = panel, engine
        self._checkpoint: Checkpoint | None = None
        self._rounding = Rounding.parse(DEFAULT)
        self._colour, self._tensor = "sqnr", ""
        self._remedies: frozenset[str] = frozenset()
        self._live = self._is_open = False
        self._number = 0
        self._source: RowSource | None = None
        self._blocks: BlockMap | None = None
        self._output: Output | None = None
        self._chosen: tuple[int, int] | None = None
        self.worker = Worker("microscope", self)
        self.sweep = SweepController(panel.tensors, engine, self._rounding, text)
        self._lens = BlockLens(panel)
        self._captures = SiteCaptures(engine, text, self)
        self._newest = LiveMap(self._rounding, self)
        self._connect()
        self._show_controls()

    def set_model(self, facts: ModelFacts | None) -> None:
        """Another model: what is known of the former one is forgotten."""
        self._checkpoint = self._source = None
        self._captures.forget()
        self._tensor, self._live = "", False
        self._forget()
        self.sweep.set_checkpoint(None)
        self._is_open = facts is not None
        self._see(self._panel.isVisible())

    @Slot(object, str)
    def set_statistics(self, stats: ChannelStats | None, site: str) -> None:
        """The newest token at the spikes' site; followed while live."""
        self._newest.set_statistics(stats, site)

    @property
    def panel(self) -> MicroscopePanel:
        return self._panel

    @property
    def is_settled(self) -> bool:
        """Whether everything asked for has been shown."""
        return self.worker.is_idle and self._newest.worker.is_idle and self._engine.is_idle

    def stop(self, timeout_s: float) -> None:
        self.worker.stop(timeout_s)
        self._newest.worker.stop(timeout_s)

    @Slot(str)
    def choose_tensor(self, name: str) -> None:
        if self._checkpoint is None or name == self._tensor:
            return
        self._tensor, self._live = name, False
        self._source = self._checkpoint.tensor(name)
        self.sweep.set_chosen(name)
        self._forget()
        self._measure()

    @Slot(int, int)
    def choose_block(self, row: int, block: int) -> None:
        """Put a block under the lens."""
        if self._blocks is None or self._source is None:
            return
        self._chosen = row, block
        self._lens.look_at(self._source, self._blocks, self._chosen, self._row_name)
        self._show_map()

    def _choose_format(self, name: str) -> None:
        try:
            self._round_to(Rounding.parse(f"{name}@{self._rounding.granularity}"))
        except SchemeError:  # the format has blocks of its own
            self._round_to(Rounding.parse(name))

    def _round_to(self, rounding: Rounding) -> None:
        self._rounding = rounding
        self.sweep.set_rounding(rounding)
        if self._live:
            self._forget()
            self._newest.follow(True, rounding)
        else:
            self._forget(keep_block=True)
            self._measure()

    @Slot(str)
    def _choose_option(self, key: str) -> None:
        kind, _, name = key.partition(":")
        if kind == "at":
            self._round_to(Rounding.parse(name))
        else:
            self._remedies ^= {name}
            self._measure(self._blocks)

    @Slot(str)
    def _choose_colour(self, colour: str) -> None:
        self._colour = colour
        self._show_controls()
        self._show_map()

    @Slot(bool)
    def _set_live(self, live: bool) -> None:
        self._live = live
        if live:
            self._tensor = ""
            self.sweep.set_chosen("")
            self._forget()
        self._newest.follow(live, self._rounding)
        self.watching_changed.emit(live and self._panel.isVisible())
        self._show_controls()

    @Slot(object, object)
    def _take_live(self, source: RowSource, blocks: BlockMap) -> None:
        self._source, self._blocks = source, blocks
        self._show_controls()
        self.choose_block(*blocks.worst)

    def _measure(self, known: BlockMap | None = None) -> None:
        if self._source is None or self._live or not self._panel.isVisible():
            return
        self._number += 1
        wish = Look(
            number=self._number,
            source=self._source,
            rounding=self._rounding,
            activations=self._captures.of(self._tensor),
            remedies=self._remedies,
            known=known,
        )
        self.worker.run(lambda post, cancel: measure_all(wish, post, cancel))

    @Slot(object)
    def _take(self, letter: object) -> None:
        if getattr(letter, "number", self._number) != self._number or self._live:
            return
        if isinstance(letter, Mapped):
            self._blocks = letter.blocks
            self._show_controls()
            row, block = self._chosen or letter.blocks.worst
            rows, blocks = letter.blocks.shape
            self.choose_block(min(row, rows - 1), min(block, blocks - 1))
        elif isinstance(letter, Radius):
            self._panel.radius.set_frame(radius_frame(letter.points))
        elif isinstance(letter, Options):
            self._panel.what_if.set_frame(
                options_frame(letter.tried, self._captures.of(self._tensor) is not None)
            )
        elif isinstance(letter, Output):
            self._output = letter
            self._show_map()
            self._show_output()

    @Slot(object)
    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._panel.set_map(MapFrame(note=sentence_of(error)))

    @Slot(object)
    def _hear(self, letter: object) -> None:
        """What tasks on the engine's thread tell."""
        if isinstance(letter, TensorsFound):
            self._checkpoint = letter.checkpoint
            self.sweep.set_checkpoint(letter.checkpoint)
            self._open_first()

    def _open_first(self) -> None:
        """The tensor a person would look at first: the last layer's down projection."""
        names = self.sweep.names()
        if names and self._panel.isVisible() and not self._tensor and not self._live:
            fitting = [name for name in names if name.endswith("down_proj.weight")]
            self.choose_tensor((fitting or names)[-1])

    @Slot(bool)
    def _use_capture(self, there_is_more: bool) -> None:
        if there_is_more:
            self._measure(self._blocks)
        self._show_output()

    @Slot(bool)
    def _see(self, shown: bool) -> None:
        self.watching_changed.emit(shown and self._live)
        self._newest.follow(shown and self._live, self._rounding)
        if shown and self._checkpoint is None and self._is_open:
            self._engine.run(find_tensors, background=True)
        elif shown and self._blocks is None and self._tensor:
            self._measure()
        elif shown:
            self._open_first()

    @property
    def _row_name(self) -> str:
        return "token" if self._live else "row"

    def _forget(self, keep_block: bool = False) -> None:
        self._blocks = self._output = None
        self._chosen = self._chosen if keep_block and self._rounding.granularity.kind == "block" else None
        self._show_controls()
        if not keep_block:
            self._show_map()
            self._lens.clear()
            self._panel.radius.set_frame(LinesFrame())
            self._panel.what_if.set_frame(OptionsFrame())
        self._show_output()

    def _show_controls(self) -> None:
        totals = self._blocks.totals if self._blocks is not None else None
        live = (
            f"Live: {self._newest.site}, newest token last"
            if self._newest.site
            else "Live: choose a site under Spikes"
        )
        title = live if self._live else self._tensor
        enabled = self._checkpoint is not None or self._newest.has_values
        frame = controls_frame(title, totals, self._rounding, self._colour, self._live, enabled)
        self._panel.set_controls(frame)

    def _show_map(self) -> None:
        if self._blocks is None:
            waiting = (
                "Every token of the next answer becomes a row here." if self._live else "Choose a tensor."
            )
            self._panel.set_map(MapFrame(note="" if self._tensor else waiting))
            return
        share = None if self._output is None else self._output.error.share
        spiking = None if self._output is None else self._output.spiking
        self._panel.set_map(
            map_frame(self._blocks, self._colour, self._chosen, share, spiking, self._row_name)
        )

    def _show_output(self) -> None:
        output = self._output
        self._panel.output.set_frame(
            output_frame(
                None if output is None else output.error,
                None if output is None else output.salient,
                np.zeros(0, np.int64) if output is None else output.spiking,
                self._captures.hint(self._tensor),
                self._captures.can_start(self._tensor),
            )
        )

    def _connect(self) -> None:
        panel = self._panel
        self.worker.told.connect(self._take)
        self.worker.failed.connect(self._refuse)
        self._engine.told.connect(self._hear)
        self._newest.mapped.connect(self._take_live)
        self._newest.radius.connect(lambda points: self._panel.radius.set_frame(radius_frame(points)))
        panel.shown.connect(self._see)
        panel.tensors.chosen.connect(self.choose_tensor)
        panel.map.chosen.connect(self.choose_block)
        panel.format_chosen.connect(self._choose_format)
        panel.granularity_chosen.connect(
            lambda reach: self._round_to(Rounding.parse(f"{self._rounding.format.spec.name}@{reach}"))
        )
        panel.colour_chosen.connect(self._choose_colour)
        panel.live_toggled.connect(self._set_live)
        panel.what_if.chosen.connect(self._choose_option)
        panel.output.chosen.connect(lambda key: self.choose_block(*map(int, key.split(","))))
        panel.output.asked.connect(lambda: self._captures.start(self._tensor))
        self._captures.changed.connect(self._use_capture)
