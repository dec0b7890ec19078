"""The outlier browser: one map of everything on the left, what it says on the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QVBoxLayout, QWidget

from views.frames.outliers import HeatFrame
from views.outliers.channel import ChannelPage
from views.outliers.colour_bar import ColourBar
from views.outliers.drift import DriftPage
from views.outliers.heatmap import HeatMap
from views.outliers.knockout import KnockoutPage
from views.outliers.map_page import MapPage, column_of
from views.outliers.pick_bar import PickBar
from views.outliers.plot_tools import PlotTools
from views.outliers.profile import ProfilePage
from views.outliers.source_bar import SourceBar
from views.outliers.tokens import TokensPage
from views.outliers.verdicts import VerdictsPage
from views.theme import GAP, Theme
from views.widgets import ElidedLabel, as_card

_LEAST_PX = 400
TABS = ("verdicts", "channel", "profile", "tokens", "sinks", "knockout", "drift")


class OutliersPanel(QWidget):
    """`tab_shown` names the page at the right that came to the front; `export_wanted` gives a plot's key and
    what it is wanted as (see `PlotTools`)."""

    tab_shown = Signal(str)
    export_wanted = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.source = SourceBar()
        self.picks = PickBar()
        self.map = HeatMap(
            theme,
            "Layers and channels",
            "Wheel zooms, with Ctrl the layers; drag pans; click pins a channel; "
            "Shift and drag selects a range; double-click shows all.",
        )
        self.bar = ColourBar(theme)
        self.verdicts = VerdictsPage()
        self.channel = ChannelPage(theme)
        self.profile = ProfilePage(theme)
        self.tokens = TokensPage(theme)
        self.sinks = MapPage(
            theme, "sinks", "Attention sinks", "Share of attention on the first tokens, layer by head"
        )
        self.knockout = KnockoutPage(theme)
        self.drift = DriftPage(theme)
        self._readout = ElidedLabel("strong")
        self._tabs = QTabWidget()
        self._lay_out()
        self.tools = {tools.key: tools for tools in self.findChildren(PlotTools)}
        for tools in self.tools.values():
            tools.wanted.connect(self.export_wanted)
        self._tabs.currentChanged.connect(lambda index: self.tab_shown.emit(TABS[index]))

    def set_map(self, frame: HeatFrame) -> None:
        self.map.set_frame(frame)
        self.bar.set_frame(frame)
        self.bar.setVisible(bool(frame.codes.size))

    def set_readout(self, text: str) -> None:
        self._readout.set_text(text)

    def readout(self) -> str:
        return self._readout.whole_text()

    def tab(self) -> str:
        return TABS[self._tabs.currentIndex()]

    def show_tab(self, name: str) -> None:
        self._tabs.setCurrentIndex(TABS.index(name))

    def sizeHint(self) -> QSize:
        return QSize(1100, 640)

    def _lay_out(self) -> None:
        as_card(self)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        plot = column_of(self.map, self.bar)
        column.addLayout(_row(self.picks, PlotTools("map", "Layers and channels", plot)))
        column.addWidget(plot, 1)
        column.addWidget(self.picks.colours)
        column.addWidget(self._readout)
        pages = (
            self.verdicts,
            self.channel,
            self.profile,
            self.tokens,
            self.sinks,
            self.knockout,
            self.drift,
        )
        titles = ("Verdicts", "Channel", "Profile", "Tokens", "Sinks", "Knock-out", "Compare")
        for page, title in zip(pages, titles, strict=True):
            self._tabs.addTab(page, title)
        self._tabs.setDocumentMode(True)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self._tabs)
        left.setMinimumWidth(_LEAST_PX)
        self._tabs.setMinimumWidth(_LEAST_PX)
        split.setSizes([640, 560])
        split.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(10, 8, 10, 8)
        outer.setSpacing(GAP)
        outer.addWidget(self.source)
        outer.addWidget(split, 1)


def _row(first: QWidget, last: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(first, 1)
    row.addWidget(last)
    return row
