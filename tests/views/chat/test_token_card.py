from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from views.chat.token_card import TokenCard
from views.frames.tokens import AlternativeFrame, TokenCardFrame
from views.theme import Theme

FRAME = TokenCardFrame(
    title="Token 58 of 120",
    label="«cliff»",
    facts=(("Probability", "41.2%"), ("Entropy", "1.27 nats")),
    alternatives=(
        AlternativeFrame(11, "«edge»", 0.5, "50.0%"),
        AlternativeFrame(12, "«cliff»", 0.412, "41.2%", chosen=True),
        AlternativeFrame(13, "↵", 0.01, "1.0%"),
    ),
    can_branch=True,
    can_inspect=True,
)


@pytest.fixture
def card(qtbot: QtBot, theme: Theme) -> TokenCard:
    widget = TokenCard(theme)
    qtbot.addWidget(widget)
    widget.set_frame(FRAME)
    widget.popup_beside(QRect(100, 100, 40, 16))
    return widget


def texts(card: TokenCard) -> list[str]:
    return [found.text() for found in card.findChildren(QLabel) if found.isVisible()]


def test_it_says_everything(card: TokenCard) -> None:
    assert {"Token 58 of 120", "«cliff»", "Probability", "41.2%", "1.27 nats"} <= set(texts(card))
    assert [bar.accessibleName() for bar in card.bars()] == ["«edge», 50.0%", "«cliff», 41.2%", "↵, 1.0%"]


def test_choosing_an_alternative_names_it_and_closes(qtbot: QtBot, card: TokenCard) -> None:
    with qtbot.waitSignal(card.branch_requested) as branch:
        qtbot.mouseClick(card.bars()[2], Qt.MouseButton.LeftButton)
    assert branch.args == [13]
    assert not card.isVisible()


def test_the_keyboard_chooses_too(qtbot: QtBot, card: TokenCard) -> None:
    with qtbot.waitSignal(card.branch_requested) as branch:
        qtbot.keyClick(card.bars()[0], Qt.Key.Key_Space)
    assert branch.args == [11]


def test_the_token_itself_is_no_alternative(qtbot: QtBot, card: TokenCard) -> None:
    with qtbot.assertNotEmitted(card.branch_requested):
        qtbot.mouseClick(card.bars()[1], Qt.MouseButton.LeftButton)


def test_where_nothing_can_be_asked_alternatives_are_only_shown(qtbot: QtBot, card: TokenCard) -> None:
    card.set_frame(TokenCardFrame("Token 1", "a", alternatives=FRAME.alternatives, note="busy"))
    assert len(card.bars()) == 3
    with qtbot.assertNotEmitted(card.branch_requested):
        qtbot.mouseClick(card.bars()[0], Qt.MouseButton.LeftButton)
    assert "busy" in texts(card)
    assert not any(button.isVisible() for button in card.findChildren(QPushButton))


def test_its_activations_can_be_asked_for(qtbot: QtBot, card: TokenCard) -> None:
    (button,) = card.findChildren(QPushButton)
    with qtbot.waitSignal(card.inspect_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not card.isVisible()


@pytest.mark.parametrize("place", [(0, 0), (780, 20), (400, 590), (790, 595)])
def test_it_stays_on_the_screen(card: TokenCard, place: tuple[int, int]) -> None:
    card.popup_beside(QRect(*place, 10, 10))
    assert card.screen().availableGeometry().contains(card.geometry())
