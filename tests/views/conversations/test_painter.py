"""Pixels of a row: the mark of what was found, the pin, the ground under the one on show."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLineEdit, QStyleOptionViewItem, QWidget

from views.conversations.painter import RowPainter
from views.conversations.rows import ConversationRows
from views.frames.conversations import ConversationRow, ConversationSection

PLAIN = ConversationRow(1, "Outliers", "why outliers matter")
SIZE = QSize(240, 60)


def painted(theme, row: ConversationRow, current: int = 0) -> QImage:
    rows = ConversationRows()
    rows.set_rows((ConversationSection("Today", (row,)),), current)
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.colours.surface))
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, SIZE.width(), SIZE.height())
    painter = QPainter(image)
    RowPainter(theme).paint(painter, option, rows.index_of(1))
    painter.end()
    return image


def count(image: QImage, colour: str) -> int:
    wanted = QColor(colour).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_the_conversation_on_show_lies_on_a_ground_of_its_own(theme) -> None:
    accent = theme.colours.accent_soft
    assert count(painted(theme, PLAIN), accent) == 0
    assert count(painted(theme, PLAIN, current=1), accent) > SIZE.width() * SIZE.height() / 2


def test_words_that_were_found_are_marked(theme) -> None:
    mark = theme.colours.warning_soft
    found = ConversationRow(1, "Outliers", snippet=(("why ", False), ("outliers", True), (" matter", False)))
    assert count(painted(theme, PLAIN), mark) == 0
    assert count(painted(theme, found), mark) > 100


def test_a_pin_is_drawn_at_the_right(theme) -> None:
    pinned = painted(theme, ConversationRow(1, "Outliers", "why outliers matter", pinned=True))
    plain = painted(theme, PLAIN)
    right = QRect(200, 0, 40, 28)
    assert pinned.copy(right) != plain.copy(right)


def test_a_heading_takes_one_line_and_a_conversation_two(theme) -> None:
    rows = ConversationRows()
    rows.set_rows((ConversationSection("Today", (PLAIN,)),), 0)
    painter, option = RowPainter(theme), QStyleOptionViewItem()
    heights = [painter.sizeHint(option, rows.index(row)).height() for row in (0, 1)]
    assert heights[1] > 1.5 * heights[0]


@pytest.mark.usefixtures("theme")
def test_the_editor_has_a_name_and_a_longest_title(theme, qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    editor = RowPainter(theme).createEditor(parent, QStyleOptionViewItem(), ConversationRows().index(0))
    assert isinstance(editor, QLineEdit)
    assert editor.maxLength() == 200
    assert editor.accessibleName() == "Title of the conversation"
