from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from views.frames.microscope import LineFrame, LinesFrame
from views.microscope.chart import ErrorChart
from views.theme import Theme


def test_lines_their_key_and_the_note(theme: Theme, qtbot: QtBot) -> None:
    chart = ErrorChart(theme, "Blast radius")
    qtbot.addWidget(chart)
    x = np.arange(4.0)
    lines = (LineFrame("int8", x, x / 100), LineFrame("int4", x, x / 10))
    chart.set_frame(LinesFrame("Title", lines, ((0.0, "all"), (3.0, "16")), ((1.0, "T* 1"),), "note"))
    title, key, note = chart.texts()
    assert (title, note) == ("Title", "note")
    assert "int8" in key
    assert "int4" in key
    curves = chart._plot.plotItem.listDataItems()
    assert len(curves) == 2
    np.testing.assert_allclose(curves[1].getData()[1], np.log10(x[1:] / 10))
    chart.set_frame(LinesFrame())
    assert chart._plot.plotItem.listDataItems() == []
