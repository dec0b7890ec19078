from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.views.controls import named, pick
from tests.views.microscope.samples import map_frame, ruler
from views.fields import ChoiceBox
from views.frames.choice import Choice
from views.frames.microscope import ControlsFrame
from views.microscope import MicroscopePanel
from views.theme import Theme

CONTROLS = ControlsFrame(
    title="layers.1.down_proj",
    summary="SQNR 20 dB",
    formats=(Choice("int8", "int8"), Choice("int4", "int4")),
    format="int4",
    granularities=(Choice("b32", "per 32"), Choice("b16", "per 16")),
    granularity="b32",
    colours=(Choice("sqnr", "signal to noise"), Choice("levels", "levels left")),
    colour="sqnr",
    enabled=True,
)


@pytest.fixture
def panel(theme: Theme, qtbot: QtBot) -> MicroscopePanel:
    result = MicroscopePanel(theme)
    qtbot.addWidget(result)
    result.set_controls(CONTROLS)
    result.set_map(map_frame(note="a note"))
    result.set_ruler(ruler())
    return result


def test_pickers_say_what_is_chosen(panel: MicroscopePanel, qtbot: QtBot) -> None:
    panel.show()
    for name, signal, key, words in (
        ("Format", panel.format_chosen, "int8", "int8"),
        ("Granularity", panel.granularity_chosen, "b16", "per 16"),
        ("Colour", panel.colour_chosen, "levels", "levels left"),
    ):
        with qtbot.waitSignal(signal) as chosen:
            pick(qtbot, named(panel, ChoiceBox, name), words)
        assert chosen.args == [key]


def test_live_is_a_switch(panel: MicroscopePanel, qtbot: QtBot) -> None:
    panel.show()
    live = named(panel, QToolButton, "Live")
    with qtbot.waitSignal(panel.live_toggled) as toggled:
        qtbot.mouseClick(live, Qt.MouseButton.LeftButton)
    assert toggled.args == [True]
    with qtbot.assertNotEmitted(panel.live_toggled):
        panel.set_controls(CONTROLS)
    assert not live.isChecked()


def test_words_are_those_of_the_frames(panel: MicroscopePanel) -> None:
    assert panel.summary() == ("layers.1.down_proj", "SQNR 20 dB")
    assert panel.block_text() == ("row 1 · block 2", "step 1.14")


def test_it_says_when_it_comes_up_and_goes(panel: MicroscopePanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.shown) as shown:
        panel.show()
    assert shown.args == [True]
    with qtbot.waitSignal(panel.shown) as hidden:
        panel.hide()
    assert hidden.args == [False]


def test_it_fits_a_small_window(panel: MicroscopePanel) -> None:
    assert panel.minimumSizeHint().width() <= 1180
    assert panel.minimumSizeHint().height() <= 600
