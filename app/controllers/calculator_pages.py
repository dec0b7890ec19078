"""What the calculator's pages show: answers, the measurement of the adapter, the record of loads."""

from __future__ import annotations

from dataclasses import replace

from app.calculator.answers import BytesAnswer, EnginesAnswer, MemoryAnswer, SpeedAnswer
from gpu.calculator.inputs import CalculatorInputs
from gpu.scheme import Scheme
from views.calculator import CalculatorPanel
from views.calculator.memory_page import MemoryPage
from views.calculator.speed import SpeedPage
from views.calculator.table import Table
from views.calculator.truth import TruthPage
from views.frames.calculator import SpeedFrame, TableFrame, TruthFrame


class CalculatorPages:
    """Gives frames to the pages that have been looked at."""

    def __init__(self, panel: CalculatorPanel) -> None:
        self._panel = panel
        self._speed: SpeedAnswer | None = None
        self._measuring = SpeedFrame()
        self._truth = TruthFrame()

    def show(self, letter: object) -> None:
        """An answer about a page; others are left alone."""
        if isinstance(letter, MemoryAnswer):
            page = self._panel.page(MemoryPage, "memory")
            if page is not None:
                page.set_part(letter.part, letter.frame)
        elif isinstance(letter, BytesAnswer):
            self._show_table("bytes", letter.table)
        elif isinstance(letter, EnginesAnswer):
            self._show_table("engines", letter.table)
        elif isinstance(letter, SpeedAnswer):
            self._speed = letter
            self.show_speed()

    def set_measuring(self, measuring: SpeedFrame) -> None:
        """How the measurement of the adapter stands: only that of the frame counts."""
        self._measuring = measuring
        self.show_speed()

    def set_truth(self, frame: TruthFrame) -> None:
        self._truth = frame
        self.show_truth()

    def show_speed(self) -> None:
        """What was reckoned, and how the measurement stands."""
        page, now = self._panel.page(SpeedPage, "speed"), self._measuring
        if page is not None and self._speed is not None:
            frame = self._speed.frame
            frame = replace(frame, progress=now.progress, problem=now.problem)
            page.set_frame(replace(frame, can_measure=now.can_measure))

    def show_truth(self) -> None:
        page = self._panel.page(TruthPage, "truth")
        if page is not None:
            page.set_frame(self._truth)

    def chosen(self, page: str, key: str, inputs: CalculatorInputs) -> CalculatorInputs | None:
        """What a row stands for: a choice of speed, or a scheme with its largest context."""
        if page == "speed" and self._speed is not None:
            return self._speed.choices[int(key)]
        if page == "memory":
            scheme, _, most = key.partition(" ")
            return replace(inputs, scheme=Scheme.parse(scheme), context_tokens=int(most))
        return None

    def _show_table(self, page: str, frame: TableFrame) -> None:
        table = self._panel.page(Table, page)
        if table is not None:
            table.set_frame(frame)
