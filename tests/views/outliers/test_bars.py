from __future__ import annotations

from tests.views.outliers.conftest import some_bars
from views.frames.outliers import BarsFrame
from views.outliers.bars import TitledBars
from views.theme import Theme


def test_the_title_reads_the_bar_under_the_pointer(theme: Theme, qtbot) -> None:
    bars = TitledBars(theme, "layers", "Layers", "layer")
    qtbot.addWidget(bars)
    bars.resize(300, 160)
    bars.show()
    bars.set_frame(some_bars("Through the layers"))
    assert bars.title() == "Through the layers"
    bars._plot.hovered.emit(11)
    assert bars.title() == "layer 11 · 9"
    bars._plot.hovered.emit(-1)
    assert bars.title() == "Through the layers"
    bars.set_frame(BarsFrame("Nothing"))
    assert bars.title() == "Nothing"
