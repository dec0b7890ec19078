from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from tests.views.outliers.conftest import heat
from views.frames.outliers import HeatFrame
from views.outliers import OutliersPanel
from views.outliers.panel import TABS
from views.theme import Theme


def test_the_page_in_front_is_copied_as_a_picture(theme: Theme, qtbot) -> None:
    panel = OutliersPanel(theme)
    qtbot.addWidget(panel)
    panel.show_tab("sinks")
    assert panel.page() is panel.sinks
    QGuiApplication.clipboard().clear()
    panel.copy_page()
    assert not QGuiApplication.clipboard().pixmap().isNull()


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


def test_the_map_is_copied_as_a_picture(theme: Theme, qtbot) -> None:
    panel = OutliersPanel(theme)
    qtbot.addWidget(panel)
    panel.show()
    panel.set_map(heat())
    panel.set_readout("channel 4")
    assert panel.readout() == "channel 4"
    panel.copy_picture()
    assert QGuiApplication.clipboard().pixmap().size() == panel.picture().size()
    panel.set_map(HeatFrame(empty="Nothing"))
    assert not panel.bar.isVisible()
