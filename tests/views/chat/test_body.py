"""The text on the screen: selected by mouse and keyboard, links told and never followed, never a freeze."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from views.chat.body import MessageBody
from views.chat.style import TextStyle

CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def body(qtbot, theme) -> MessageBody:
    result = MessageBody(TextStyle(theme), "The model answered")
    qtbot.addWidget(result)
    result.resize(400, 50)
    result.show()
    return result


def finish(body: MessageBody) -> None:
    while body.work(0.005):
        pass


def test_dragging_selects_across_blocks(body: MessageBody, qtbot) -> None:
    body.set_text("first words\n\nsecond words")
    last = QPoint(390, body.height() - 3)
    qtbot.mousePress(body, LEFT, pos=QPoint(1, 5))
    qtbot.mouseMove(body, last)
    qtbot.mouseRelease(body, LEFT, pos=last)
    if not body.selected_text():  # where the platform moves no mouse with a button held
        body.selection.end = (1, 12)
    assert body.selected_text() == "first words\n\nsecond words"


def test_a_double_click_selects_a_word(body: MessageBody, qtbot) -> None:
    body.set_text("first words")
    qtbot.mouseDClick(body, LEFT, pos=QPoint(5, 8))
    assert body.selected_text() == "first"
    qtbot.keyClick(body, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "first"


def test_all_of_it_is_copied_as_markdown(body: MessageBody, qtbot) -> None:
    body.set_text("so **bold**")
    qtbot.keyClick(body, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(body, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "so **bold**"


def test_a_link_tells_its_address_when_clicked(body: MessageBody, qtbot) -> None:
    body.set_text("[link](https://example.com/a) and words")
    with qtbot.waitSignal(body.link_clicked) as clicked:
        qtbot.mouseClick(body, LEFT, pos=QPoint(5, 8))
    assert clicked.args[0] == "https://example.com/a"
    with qtbot.assertNotEmitted(body.link_clicked):
        qtbot.mouseClick(body, LEFT, pos=QPoint(390, 8))


def test_its_height_is_that_of_the_text(body: MessageBody) -> None:
    body.set_text("one")
    one = body.height()
    body.set_text("one\n\ntwo\n\nthree")
    assert body.height() > 2.5 * one


def test_what_arrives_lays_out_the_last_block_only(body: MessageBody) -> None:
    body.set_text("one\n\ntwo\n\nthree\nand")
    kept = [body.column.laid(index) for index in range(2)]
    body.set_text("one\n\ntwo\n\nthree\nand more")
    assert [body.column.laid(index) for index in range(2)] == kept


@pytest.mark.parametrize(
    "text",
    [
        "x" * 200_000,
        "word " * 40_000,
        "```\n" + "y" * 200_000,
        "*" * 50_000,
        "[" * 20_000,
        "> " * 5_000,
        "\x00\x1b[31m\u202e" * 20_000,
        "| a " * 3_000 + "\n" + "|---" * 3_000,
    ],
    ids=["a long line", "words", "code", "stars", "brackets", "quotations", "controls", "a wide table"],
)
def test_what_a_model_may_write_is_shown_in_slices(body: MessageBody, text: str) -> None:
    body.set_text(text)
    slices = 0
    while body.work(0.005):
        slices += 1
        assert slices <= len(text), "each brings it further, however slow the machine is"
    body.grab()
    assert body.height() > 0


def test_of_a_long_text_little_is_read_at_once(body: MessageBody) -> None:
    text = "A paragraph of some words.\n\n" * 5_000
    body.set_text(text)
    assert body.busy
    at_once = len(body.column.blocks)
    finish(body)
    assert at_once < len(body.column.blocks) / 2 == 2_500


def test_a_new_style_draws_it_anew(body: MessageBody, theme) -> None:
    body.set_text("words")
    before = body.column.laid(0)
    body.set_style(TextStyle(theme))
    QApplication.processEvents()
    assert body.column.laid(0) is not before


MIXED = "A **bold** word\n\n| a | b |\n|---|---|\n| one | `two` |\n\n```py\nx = 1\n```\n\n- an 🙂 last 中文"


def test_every_letter_that_is_shown_is_found_where_it_was_written(body: MessageBody) -> None:
    body.set_text(MIXED)
    found = {body.written_at(QPointF(x, y)) for y in range(0, body.height(), 4) for x in range(0, 400, 2)}
    marks = {place for place, letter in enumerate(MIXED) if letter in "*|-`\n "}
    language = set(range(MIXED.index("py"), MIXED.index("py") + 2))
    assert found - {None} == set(range(len(MIXED))) - marks - language


def test_control_and_a_click_open_a_word_where_words_can_be_opened(body: MessageBody, qtbot) -> None:
    body.set_text("**first** words")
    opened: list[int] = []
    body.word_opened.connect(lambda offset, _where: opened.append(offset))
    qtbot.mouseClick(body, LEFT, CONTROL, QPoint(2, 8))
    body.opens_words = True
    qtbot.mouseClick(body, LEFT, pos=QPoint(2, 8))
    assert opened == []
    qtbot.mouseClick(body, LEFT, CONTROL, QPoint(2, 8))
    qtbot.mouseClick(body, LEFT, CONTROL, QPoint(390, 8))
    assert opened == [2]


def test_a_return_that_is_not_shown_is_counted(body: MessageBody) -> None:
    body.set_text("one\r\n\r\ntwo")
    assert body.written_at(QPointF(2, body.height() - 8)) == 7
