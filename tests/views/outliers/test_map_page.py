from __future__ import annotations

from tests.views.outliers.conftest import heat
from views.frames.outliers import HeatFrame
from views.outliers.map_page import MapPage
from views.theme import Theme


def test_signals_of_the_map_and_the_line_above_it(theme: Theme, qtbot) -> None:
    page = MapPage(theme, "tokens", "Tokens", "Tokens")
    qtbot.addWidget(page)
    page.show()
    page.set_frame(heat())
    page.set_readout("token 3")
    assert page.readout() == "token 3"
    with qtbot.waitSignal(page.pinned) as caught:
        page.map.pinned.emit(1, 2)
    assert caught.args == [1, 2]
    assert page._bar.isVisible()
    page.set_frame(HeatFrame(empty="Nothing"))
    assert not page._bar.isVisible()
