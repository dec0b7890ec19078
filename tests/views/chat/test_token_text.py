"""Tokens under the mouse and under the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from views.chat.token_text import TokenText
from views.frames.tokens import TokenFrame
from views.theme import Theme
from views.tint import tints

WORDS = (
    "The",
    " cliff",
    ",↵\n",
    " 🙂🙂",
    " and",
    " שלום",
    " more",
    " words",
    " to",
    " wrap",
    " a",
    " line",
    ".",
)
TOKENS = tuple(TokenFrame(word, f"about {i}") for i, word in enumerate(WORDS))
CLICK = Qt.MouseButton.LeftButton


@pytest.fixture
def text(qtbot: QtBot, theme: Theme) -> TokenText:
    widget = TokenText(theme)
    qtbot.addWidget(widget)
    widget.setFixedWidth(150)
    widget.set_tokens(TOKENS)
    widget.show()
    return widget


def centre(text: TokenText, index: int) -> QPoint:
    return text.rect_of(index).center()


def test_the_text_is_that_of_the_tokens(text: TokenText) -> None:
    assert text.toPlainText() == "".join(WORDS)


@pytest.mark.parametrize("index", range(len(WORDS)))
def test_a_click_opens_the_token_under_it(qtbot: QtBot, text: TokenText, index: int) -> None:
    assert text.token_at(centre(text, index)) == index
    with qtbot.waitSignal(text.opened) as opened:
        qtbot.mouseClick(text.viewport(), CLICK, pos=centre(text, index))
    found, place = opened.args
    assert found == index
    assert isinstance(place, QRect)
    assert place.topLeft() == text.viewport().mapToGlobal(text.rect_of(index).topLeft())
    assert place.width() > 1


def test_a_click_beside_the_text_opens_nothing(qtbot: QtBot, text: TokenText) -> None:
    last = text.rect_of(len(WORDS) - 1)
    with qtbot.assertNotEmitted(text.opened):
        qtbot.mouseClick(text.viewport(), CLICK, pos=last.center() + QPoint(40, 0))
    assert text.token_at(last.center() + QPoint(40, 0)) is None


def test_selecting_opens_nothing(qtbot: QtBot, text: TokenText) -> None:
    with qtbot.assertNotEmitted(text.opened):
        qtbot.mousePress(text.viewport(), CLICK, pos=centre(text, 0) - QPoint(8, 0))
        qtbot.mouseMove(text.viewport(), centre(text, 1))
        qtbot.mouseRelease(text.viewport(), CLICK, pos=centre(text, 1))
    assert text.textCursor().hasSelection()


def test_the_keyboard_walks_and_opens(qtbot: QtBot, text: TokenText) -> None:
    for key, expected in (
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Left, 1),
        (Qt.Key.Key_End, len(WORDS) - 1),
        (Qt.Key.Key_Right, len(WORDS) - 1),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(text, key)
        assert text.current() == expected
    text.go_to(4)
    assert "about 4" in text.accessibleDescription()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(text.opened) as opened:
            qtbot.keyClick(text, key)
        assert opened.args[0] == 4


def test_up_and_down_walk_by_lines(qtbot: QtBot, text: TokenText) -> None:
    top = text.rect_of(0)
    qtbot.keyClick(text, Qt.Key.Key_Down)
    assert text.rect_of(text.current()).top() > top.top()
    qtbot.keyClick(text, Qt.Key.Key_Up)
    assert text.rect_of(text.current()).top() == top.top()


def test_a_tint_is_painted_behind_its_token_only(text: TokenText, theme: Theme) -> None:
    tinted = (TOKENS[0], TokenFrame(" cliff", tint=1.0), *TOKENS[2:])
    text.set_tokens(tinted)
    image = text.grab().toImage()
    ratio = image.devicePixelRatio()

    def colours(index: int) -> set[str]:
        box = text.rect_of(index)
        return {
            image.pixelColor(int(x * ratio), int(y * ratio)).name()
            for x in range(box.left() + 1, box.right())
            for y in range(box.top() + 2, box.bottom() - 1)
        }

    strongest = tints(theme.colours)[-1]
    assert strongest in colours(1)
    assert strongest not in colours(4)


def test_an_answer_that_grows_keeps_what_is_laid_out(text: TokenText) -> None:
    more = (*TOKENS, TokenFrame(" More", tint=0.5), TokenFrame(" 🙂", "the last"))
    edits: list[int] = []
    text.document().contentsChange.connect(lambda at, _removed, _added: edits.append(at))
    text.set_tokens(more)
    assert min(edits) >= len("".join(WORDS))
    assert text.toPlainText() == "".join(token.text for token in more)
    assert text.token_at(centre(text, len(more) - 1)) == len(more) - 1


def test_other_tokens_take_their_place(text: TokenText) -> None:
    text.go_to(9)
    text.set_tokens(TOKENS[1:3])
    assert text.toPlainText() == " cliff,↵\n"
    assert text.current() == 1
    text.set_tokens(())
    assert text.toPlainText() == ""
    text.open_current()
    assert text.token_at(QPoint(3, 3)) is None


def test_it_is_as_tall_as_its_text(text: TokenText) -> None:
    tall = text.height()
    text.setFixedWidth(600)
    assert text.height() < tall
    assert text.rect_of(len(WORDS) - 1).bottom() <= text.height()


def test_another_theme_keeps_the_places(text: TokenText, theme: Theme) -> None:
    theme.override(Qt.ColorScheme.Dark)
    assert text.toPlainText() == "".join(WORDS)
    assert text.token_at(centre(text, 7)) == 7


def test_copying_leaves_the_marks_of_breaks_out(qtbot: QtBot, text: TokenText) -> None:
    text.selectAll()
    qtbot.keyClick(text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "".join(WORDS).replace("↵", "")


def test_the_menu_copies_as_well(text: TokenText) -> None:
    QGuiApplication.clipboard().clear()
    place = centre(text, 1)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, text.viewport().mapToGlobal(place))
    QApplication.sendEvent(text.viewport(), event)
    copy, select = text.findChild(QMenu).actions()
    assert not copy.isEnabled()
    select.trigger()
    QApplication.sendEvent(text.viewport(), event)
    text.findChildren(QMenu)[-1].actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == "".join(WORDS).replace("↵", "")
