from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from tests.views.controls import named, pick
from views.compare import ComparePanel
from views.fields import ChoiceBox
from views.frames import Choice
from views.frames.compare import ColumnFrame, CompareFrame
from views.frames.tokens import TokenFrame
from views.theme import Theme

SCHEMES = (Choice("W4A8", "W4A8"), Choice("W16A16", "W16A16"))
LEFT = ColumnFrame(SCHEMES, "W16A16", (TokenFrame("The"), TokenFrame(" end", marked=True)), "2 tokens")
RIGHT = ColumnFrame(SCHEMES, "W4A8", (TokenFrame("The"), TokenFrame(" cliff", marked=True)), "9 tok/s")
READY = CompareFrame((LEFT, RIGHT), can_run=True, verdict="They part.", seed=7)


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> ComparePanel:
    widget = ComparePanel(theme)
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.set_frame(READY)
    widget.show()
    return widget


def field(panel: ComparePanel) -> QPlainTextEdit:
    return named(panel, QPlainTextEdit, "Prompt")


def test_both_columns_are_shown(panel: ComparePanel) -> None:
    left, right = panel.columns()
    assert (left.text.toPlainText(), right.text.toPlainText()) == ("The end", "The cliff")
    assert (left.note(), right.note()) == ("2 tokens", "9 tok/s")
    assert panel.verdict() == "They part."
    assert named(panel, QSpinBox, "Seed").value() == 7


def test_an_empty_field_says_what_it_is_for(panel: ComparePanel) -> None:
    panel.set_frame(replace(READY, hint="One prompt, two schemes."))
    panel.resize(800, 600)
    assert field(panel).placeholderText() == "One prompt, two schemes."


def test_enter_and_the_button_run_what_is_written(qtbot: QtBot, panel: ComparePanel) -> None:
    button = named(panel, QPushButton, "Compare")
    assert not button.isEnabled()
    qtbot.keyClicks(field(panel), " Why? ")
    with qtbot.waitSignal(panel.run_requested) as run:
        qtbot.keyClick(field(panel), Qt.Key.Key_Return)
    assert run.args == ["Why?"]
    with qtbot.waitSignal(panel.run_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_while_it_runs_it_can_be_stopped_and_nothing_changed(qtbot: QtBot, panel: ComparePanel) -> None:
    panel.set_frame(replace(READY, can_run=False, can_stop=True))
    assert not named(panel, QPushButton, "Compare").isVisible()
    assert not named(panel, ChoiceBox, "Left scheme").isEnabled()
    assert not named(panel, QSpinBox, "Seed").isEnabled()
    with qtbot.waitSignal(panel.stop_requested):
        qtbot.mouseClick(named(panel, QPushButton, "Stop"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.stop_requested):
        qtbot.keyClick(field(panel), Qt.Key.Key_Escape)
    with qtbot.assertNotEmitted(panel.run_requested):
        panel.run()


def test_schemes_seed_and_greed_are_reported(qtbot: QtBot, panel: ComparePanel) -> None:
    with qtbot.waitSignal(panel.scheme_chosen) as chosen:
        pick(qtbot, named(panel, ChoiceBox, "Right scheme"), "W16A16")
    assert chosen.args == [1, "W16A16"]
    with qtbot.waitSignal(panel.seed_changed) as seed:
        named(panel, QSpinBox, "Seed").stepUp()
    assert seed.args == [8]
    with qtbot.waitSignal(panel.max_tokens_changed):
        named(panel, QSpinBox, "Longest answer").stepUp()
    with qtbot.waitSignal(panel.greedy_toggled) as greedy:
        named(panel, QToolButton, "Greedy").click()
    assert greedy.args == [True]


def test_a_greedy_run_needs_no_seed(panel: ComparePanel) -> None:
    panel.set_frame(replace(READY, is_greedy=True))
    assert not named(panel, QSpinBox, "Seed").isEnabled()


def test_a_token_of_either_column_can_be_opened(qtbot: QtBot, panel: ComparePanel) -> None:
    text = panel.columns()[1].text
    with qtbot.waitSignal(panel.token_opened) as opened:
        qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=text.rect_of(1).center())
    assert opened.args[:2] == [1, 1]


def test_a_column_follows_its_newest_words(qtbot: QtBot, panel: ComparePanel) -> None:
    many = tuple(TokenFrame(f" word{i}") for i in range(3000))
    panel.set_frame(replace(READY, columns=(replace(LEFT, tokens=many), RIGHT)))
    bar = panel.columns()[0]._area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100 and bar.value() == bar.maximum())
    bar.setValue(0)
    height = bar.maximum()
    panel.set_frame(replace(READY, columns=(replace(LEFT, tokens=many + many), RIGHT)))
    qtbot.waitUntil(lambda: bar.maximum() > height)
    assert bar.value() == 0
