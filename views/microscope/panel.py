"""The damage microscope: every tensor on the left, the blocks of one in the middle, what would help right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QVBoxLayout, QWidget

from views.fields import ChoiceBox
from views.frames.microscope import ControlsFrame, MapFrame, RulerFrame
from views.microscope.chart import ErrorChart
from views.microscope.damage_map import DamageMap
from views.microscope.legend import HeatLegend
from views.microscope.options import Options
from views.microscope.ruler import BlockRuler
from views.microscope.tensors import TensorsPanel
from views.theme import GAP, Theme
from views.widgets import ElidedLabel, as_card, label, tool_button


class MicroscopePanel(QWidget):
    """Arranges the parts; each is given its own frame. `shown` says that the panel came up."""

    format_chosen = Signal(str)
    granularity_chosen = Signal(str)
    colour_chosen = Signal(str)
    live_toggled = Signal(bool)
    shown = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.tensors = TensorsPanel(theme)
        self.map = DamageMap(theme)
        self.legend = HeatLegend(theme)
        self.ruler = BlockRuler(theme)
        self.curve = ErrorChart(theme, "Error against the clipping threshold of the block")
        self.radius = ErrorChart(theme, "Blast radius: error against how far one scale reaches")
        self.what_if = Options(theme, "What if")
        self.output = Options(theme, "What it does to the layer's output")
        self._format = ChoiceBox("Format", "The numbers the values are rounded to")
        self._granularity = ChoiceBox("Granularity", "How many values share one scale")
        self._colour = ChoiceBox("Colour", "What the map is coloured by")
        self._live = tool_button("Live", "Follow the chosen site of the spikes while the model answers")
        self._title, self._summary = ElidedLabel("strong"), label("", "muted", wrap=True)
        self._readout, self._block_title = ElidedLabel("muted"), ElidedLabel("strong")
        self._map_note, self._block_note = label("", "muted", wrap=True), ElidedLabel("muted")
        self._tabs = QTabWidget()
        self._lay_out()
        self._connect()

    def set_controls(self, frame: ControlsFrame) -> None:
        self._title.set_text(frame.title)
        self._summary.setText(frame.summary)
        self._format.set_choices(frame.formats, frame.format)
        self._granularity.set_choices(frame.granularities, frame.granularity)
        self._colour.set_choices(frame.colours, frame.colour)
        self._live.blockSignals(True)
        self._live.setChecked(frame.live)
        self._live.blockSignals(False)
        for control in (self._format, self._granularity, self._colour, self._live):
            control.setEnabled(frame.enabled)

    def set_map(self, frame: MapFrame) -> None:
        self.map.set_frame(frame)
        self.legend.set_frame(frame)
        self._map_note.setText(frame.note)
        self._map_note.setVisible(bool(frame.note))

    def set_ruler(self, frame: RulerFrame) -> None:
        self.ruler.set_frame(frame)
        self._block_title.set_text(frame.title)
        self._block_note.set_text(frame.note)

    def summary(self) -> tuple[str, str]:
        """Title and summary as they read."""
        return self._title.whole_text(), self._summary.text()

    def block_text(self) -> tuple[str, str]:
        return self._block_title.whole_text(), self._block_note.whole_text()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.shown.emit(False)

    def _lay_out(self) -> None:
        left = self._card(self.tensors)
        right = self._card(self._tabs)
        self._tabs.setDocumentMode(True)
        for page, title in (
            (self._charts(), "Errors"),
            (self.what_if, "What if"),
            (self.output, "Output"),
        ):
            self._tabs.addTab(page, title)
        split = QSplitter(Qt.Orientation.Horizontal)
        for card, stretch in ((left, 0), (self._centre(), 1), (right, 0)):
            split.addWidget(card)
            split.setStretchFactor(split.count() - 1, stretch)
        split.setSizes([356, 540, 286])
        split.setChildrenCollapsible(False)
        left.setMinimumWidth(230)
        right.setMinimumWidth(230)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 8)
        row.addWidget(split)

    def _charts(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, GAP, 0, 0)
        column.addWidget(self.radius, 1)
        column.addWidget(self.curve, 1)
        return page

    def _centre(self) -> QWidget:
        pickers = QHBoxLayout()
        pickers.setSpacing(GAP)
        self._live.setCheckable(True)
        for control in (self._format, self._granularity, self._colour):
            pickers.addWidget(control)
        pickers.addStretch()
        pickers.addWidget(self._live)
        words = QHBoxLayout()
        words.addWidget(self._readout, 1)
        words.addWidget(self.legend)
        upper, lower = QWidget(), QWidget()
        top = QVBoxLayout(upper)
        top.setContentsMargins(8, 8, 8, 6)
        top.setSpacing(4)
        top.addWidget(self._title)
        top.addLayout(pickers)
        top.addWidget(self._summary)
        top.addWidget(self.map, 1)
        top.addLayout(words)
        top.addWidget(self._map_note)
        bottom = QVBoxLayout(lower)
        bottom.setContentsMargins(8, 8, 8, 6)
        bottom.setSpacing(2)
        bottom.addWidget(self._block_title)
        bottom.addWidget(self.ruler, 1)
        bottom.addWidget(self._block_note)
        split = QSplitter(Qt.Orientation.Vertical)
        for half in (upper, lower):
            as_card(half)
            split.addWidget(half)
        split.setSizes([420, 190])
        split.setChildrenCollapsible(False)
        return split

    def _card(self, inner: QWidget) -> QWidget:
        card = QWidget()
        as_card(card)
        column = QVBoxLayout(card)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(inner)
        return card

    def _connect(self) -> None:
        self._format.chosen.connect(self.format_chosen)
        self._granularity.chosen.connect(self.granularity_chosen)
        self._colour.chosen.connect(self.colour_chosen)
        self._live.toggled.connect(self.live_toggled)
        self.map.hovered.connect(self._readout.set_text)
