"""One block under the lens: its ruler, and the threshold that is dragged along it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.failures import sentence_of
from app.presenters.microscope import curve_frame, ruler_frame
from gpu.block_look import ErrorCurve, Sample, error_curve, look, take_sample
from gpu.block_map import BlockMap
from gpu.damage_stream import RowSource
from gpu.errors import QuantscopeError
from views.frames.microscope import LinesFrame, RulerFrame
from views.microscope import MicroscopePanel


class BlockLens(QObject):
    """A block is small enough to be quantized anew with every movement of the mouse."""

    def __init__(self, panel: MicroscopePanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._sample: Sample | None = None
        self._curve: ErrorCurve | None = None
        self._title = ("row", 0, 0, 0)
        panel.ruler.threshold_moved.connect(self._move)

    def look_at(self, source: RowSource, blocks: BlockMap, at: tuple[int, int], name: str) -> None:
        """`name` is what a row is called."""
        self._sample = take_sample(source, blocks, *at)
        self._curve = error_curve(self._sample)
        self._title = (name, *at, blocks.block)
        self._show(None)

    def clear(self) -> None:
        self._sample = self._curve = None
        self._panel.set_ruler(RulerFrame())
        self._panel.curve.set_frame(LinesFrame())

    @Slot(float)
    def _move(self, share: float) -> None:
        if self._sample is not None:
            self._show(share * self._sample.top)

    def _show(self, threshold: float | None) -> None:
        if self._sample is None:
            return
        name, row, block, length = self._title
        try:
            looked = look(self._sample, threshold)
        except QuantscopeError as error:
            self._panel.set_ruler(RulerFrame(note=sentence_of(error)))
            return
        frame = ruler_frame(self._sample, looked, self._curve, name, (row, block), length)
        self._panel.set_ruler(frame)
        self._panel.curve.set_frame(curve_frame(self._curve, threshold))
