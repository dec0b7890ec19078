from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from views.chat.tokens import Legend, TokensView
from views.fields import ChoiceBox
from views.frames import Choice
from views.frames.tokens import TickFrame, TokenFrame, TokensFrame
from views.theme import Theme

TICKS = (TickFrame(0, "0.01"), TickFrame(1, "10 nats"))
FRAME = TokensFrame(
    (TokenFrame("Some", tint=0.2), TokenFrame(" words", tint=0.9, marked=True)), "mean KL 0.1", "KL", TICKS
)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> TokensView:
    widget = TokensView(theme)
    qtbot.addWidget(widget)
    widget.resize(400, 100)
    widget.show()
    return widget


def test_summary_and_legend_come_with_a_measurement(view: TokensView) -> None:
    legend = view.findChild(Legend)
    assert isinstance(legend, Legend)
    assert not legend.isVisible()
    view.set_frame(FRAME)
    assert view.summary() == "mean KL 0.1"
    assert legend.isVisible()
    assert "10 nats" in legend.accessibleName()
    view.set_frame(TokensFrame(FRAME.tokens))
    assert not legend.isVisible()


def test_an_opened_token_is_passed_on(qtbot: QtBot, view: TokensView) -> None:
    view.set_frame(FRAME)
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.mouseClick(view.text.viewport(), Qt.MouseButton.LeftButton, pos=view.text.rect_of(1).center())
    assert opened.args[0] == 1


def test_focus_goes_to_the_text(view: TokensView) -> None:
    assert view.focusProxy() is view.text


def test_another_reference_can_be_chosen(qtbot: QtBot, view: TokensView) -> None:
    box = view.findChild(ChoiceBox)
    assert isinstance(box, ChoiceBox)
    assert not box.isVisible()
    choices = (Choice("W16A16", "from W16A16"), Choice("W8A8", "from W8A8"))
    view.set_frame(TokensFrame(FRAME.tokens, references=choices, reference="W16A16"))
    assert box.isVisible()
    assert box.key() == "W16A16"
    with qtbot.waitSignal(view.reference_chosen) as chosen:
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert chosen.args == ["W8A8"]
