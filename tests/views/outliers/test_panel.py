from __future__ import annotations

from tests.views.outliers.conftest import heat
from views.frames.outliers import HeatFrame
from views.outliers import OutliersPanel
from views.outliers.panel import TABS
from views.theme import Theme

PLOTS = {"map", "verdicts", "layers", "over", "before", "after", "tokens", "sinks", "knockout", "drift"}


def test_every_plot_has_its_tools(theme: Theme, qtbot) -> None:
    panel = OutliersPanel(theme)
    qtbot.addWidget(panel)
    assert set(panel.tools) == PLOTS
    assert panel.tools["map"].plot.isAncestorOf(panel.map)
    with qtbot.waitSignal(panel.export_wanted) as caught:
        panel.tools["sinks"].wanted.emit("sinks", "svg")
    assert caught.args == ["sinks", "svg"]


def test_pages_come_to_the_front_by_name(theme: Theme, qtbot) -> None:
    panel = OutliersPanel(theme)
    qtbot.addWidget(panel)
    panel.show()
    for name in TABS[1:]:
        with qtbot.waitSignal(panel.tab_shown) as caught:
            panel.show_tab(name)
        assert caught.args == [name]
        assert panel.tab() == name


def test_it_fits_a_small_window(theme: Theme, qtbot) -> None:
    panel = OutliersPanel(theme)
    qtbot.addWidget(panel)
    assert panel.minimumSizeHint().width() <= 1180
    assert panel.minimumSizeHint().height() <= 640


def test_the_map_with_its_line_and_its_colours(theme: Theme, qtbot) -> None:
    panel = OutliersPanel(theme)
    qtbot.addWidget(panel)
    panel.show()
    panel.set_map(heat())
    panel.set_readout("channel 4")
    assert panel.readout() == "channel 4"
    assert panel.bar.isVisible()
    panel.set_map(HeatFrame(empty="Nothing"))
    assert not panel.bar.isVisible()
