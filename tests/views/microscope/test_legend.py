from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from tests.views.microscope.samples import map_frame
from views.frames.microscope import MapFrame
from views.microscope.legend import HeatLegend
from views.theme import Theme


def test_the_harmless_end_is_on_the_left(theme: Theme, qtbot: QtBot) -> None:
    legend = HeatLegend(theme)
    qtbot.addWidget(legend)
    legend.set_frame(map_frame())
    assert legend.texts() == ("25", "2 dB")
    legend.set_frame(replace(map_frame(), worst="max", unit="%"))
    assert legend.texts() == ("2", "25%")
    assert not legend.grab().isNull()
    legend.set_frame(MapFrame())
    assert legend.isHidden()
