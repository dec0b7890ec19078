"""Which statistic of which kind of site the map shows, in which colours."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from views.fields import ChoiceBox
from views.frames.outliers import PickFrame
from views.theme import GAP
from views.widgets import tool_button


class PickBar(QWidget):
    """The pickers above the map; `colours` are those of its colours, for below it."""

    kind_chosen = Signal(str)
    statistic_chosen = Signal(str)
    scale_chosen = Signal(str)
    palette_chosen = Signal(str)
    sort_toggled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._kind = ChoiceBox("Kind of site", "Where in every layer the activations are tapped")
        self._statistic = ChoiceBox("Statistic", "What of a channel's values is shown")
        self._scale = ChoiceBox("Scale", "How values become colours")
        self._palette = ChoiceBox("Colours", "Colour maps that everybody reads the same")
        self._sort = tool_button("Strongest first", "Sort the channels by their largest value in any layer")
        self._sort.setCheckable(True)
        self.colours = QWidget()
        _fill(self, self._kind, self._statistic, self._sort)
        _fill(self.colours, self._scale, self._palette)
        self._kind.chosen.connect(self.kind_chosen)
        self._statistic.chosen.connect(self.statistic_chosen)
        self._scale.chosen.connect(self.scale_chosen)
        self._palette.chosen.connect(self.palette_chosen)
        self._sort.toggled.connect(self.sort_toggled)

    def set_frame(self, frame: PickFrame) -> None:
        self._kind.set_choices(frame.kinds, frame.kind)
        self._statistic.set_choices(frame.statistics, frame.statistic)
        self._scale.set_choices(frame.scales, frame.scale)
        self._palette.set_choices(frame.palettes, frame.palette)
        with QSignalBlocker(self._sort):
            self._sort.setChecked(frame.sorted)
        for widget in (self, self.colours):
            widget.setEnabled(frame.enabled)


def _fill(row: QWidget, *widgets: QWidget) -> None:
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GAP)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch()
