from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.views.microscope.samples import tensors
from views.frames.microscope import TensorsFrame
from views.microscope.strip import TensorStrip
from views.theme import Theme


@pytest.fixture
def strip(theme: Theme, qtbot: QtBot) -> TensorStrip:
    view = TensorStrip(theme)
    qtbot.addWidget(view)
    view.resize(320, 112)
    view.set_frame(tensors())
    view.show()
    return view


def test_layers_run_to_the_right_and_better_ones_lie_higher(strip: TensorStrip) -> None:
    dots = {row.key: place for row, _, place in strip.dots()}
    assert dots["layers.0.q_proj"].x() < dots["layers.0.down_proj"].x() < dots["layers.1.q_proj"].x()
    assert dots["layers.11.q_proj"].y() < dots["layers.0.q_proj"].y()


def test_a_click_on_a_dot_dives_in(strip: TensorStrip, qtbot: QtBot) -> None:
    row, _, place = strip.dots()[9]
    with qtbot.waitSignal(strip.chosen) as chosen:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert chosen.args == [row.key]


def test_a_second_scheme_lies_beside_the_first(strip: TensorStrip) -> None:
    rows = tuple(replace(row, values=(row.values[0], (row.values[0] or 0) + 9)) for row in tensors().rows)
    strip.set_frame(replace(tensors(), rows=rows))
    assert {scheme for _, scheme, _ in strip.dots()} == {0, 1}
    assert not strip.grab().isNull()


def test_nothing_measured_is_said(strip: TensorStrip, qtbot: QtBot) -> None:
    strip.set_frame(TensorsFrame())
    assert strip.dots() == []
    with qtbot.assertNotEmitted(strip.chosen):
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton)
    assert not strip.grab().isNull()
