"""The answer in words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.views.calculator import samples
from views.calculator.verdict import Verdict, Ways
from views.frames.calculator import VerdictFrame
from views.theme import LIGHT


def test_the_sentence_has_the_colour_of_its_mood(qtbot, theme) -> None:
    verdict = Verdict(theme)
    qtbot.addWidget(verdict)
    verdict.set_frame(samples.verdict())
    assert verdict.sentence() == "Fits the RTX 3060 with 1.63 GiB to spare"
    assert LIGHT.good in verdict.findChildren(type(verdict._sentence))[0].styleSheet()
    theme.override(Qt.ColorScheme.Dark)
    assert LIGHT.good not in verdict._sentence.styleSheet()


def test_it_can_be_copied_and_reset(qtbot, theme) -> None:
    verdict = Verdict(theme)
    qtbot.addWidget(verdict)
    with qtbot.waitSignal(verdict.copy_requested):
        qtbot.mouseClick(verdict.copy_button(), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(verdict.reset_requested):
        qtbot.mouseClick(verdict.reset_button(), Qt.MouseButton.LeftButton)


@pytest.fixture
def ways(qtbot) -> Ways:
    result = Ways()
    qtbot.addWidget(result)
    return result


def test_ways_are_one_click_each(qtbot, ways: Ways) -> None:
    ways.set_frame(samples.too_much())
    assert not ways.isHidden()
    assert [button.text() for button in ways.buttons()][1] == "8-bit KV cache"
    with qtbot.waitSignal(ways.chosen) as told:
        qtbot.mouseClick(ways.buttons()[1], Qt.MouseButton.LeftButton)
    assert told.args == ["1"]
    ways.set_frame(VerdictFrame("Fits."))
    assert ways.isHidden()
    assert ways.buttons() == ()


def test_what_gave_way_is_said(ways: Ways) -> None:
    ways.set_frame(samples.too_much())
    assert ways.moved() == "To fit, the context went from 65,536 to 32,768 tokens."
