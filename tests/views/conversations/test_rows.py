"""The list's model: headings are read over, a title can be typed over."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt

from views.conversations.rows import CURRENT, ROW, ConversationRows, spoken
from views.frames.conversations import ConversationRow, ConversationSection

FIRST = ConversationRow(7, "Outliers", "15:25 · W4A8", pinned=True)
SECOND = ConversationRow(8, "Scales", "Monday", snippet=(("a ", False), ("scale", True)))
SECTIONS = (ConversationSection("Pinned", (FIRST,)), ConversationSection("Today", (SECOND,)))


@pytest.fixture
def rows() -> ConversationRows:
    result = ConversationRows()
    result.set_rows(SECTIONS, 8)
    return result


def test_headings_stand_between_conversations_and_cannot_be_chosen(rows: ConversationRows) -> None:
    texts = [rows.data(rows.index(row)) for row in range(rows.rowCount())]
    assert texts == ["Pinned", "Outliers", "Today", "Scales"]
    assert rows.flags(rows.index(0)) == Qt.ItemFlag.NoItemFlags
    assert rows.flags(rows.index(1)) & Qt.ItemFlag.ItemIsEditable
    assert rows.row_at(rows.index(0)) is None
    assert rows.row_at(QModelIndex()) is None
    assert rows.data(QModelIndex()) is None
    assert rows.data(rows.index(0), ROW) == "Pinned"
    assert rows.rowCount(rows.index(1)) == 0


def test_conversations_are_found_by_their_key(rows: ConversationRows) -> None:
    assert rows.row_at(rows.first()) == FIRST
    assert rows.row_at(rows.index_of(8)) == SECOND
    assert not rows.index_of(9).isValid()
    assert [rows.data(rows.index(row), CURRENT) for row in (1, 3)] == [False, True]
    rows.set_rows((), 0)
    assert not rows.first().isValid()


def test_a_title_is_typed_over(rows: ConversationRows, qtbot) -> None:
    with qtbot.waitSignal(rows.renamed) as renamed:
        assert rows.setData(rows.index_of(7), "  Giants ")
    assert renamed.args == [7, "Giants"]
    with qtbot.assertNotEmitted(rows.renamed):
        assert not rows.setData(rows.index_of(7), " ")
        assert not rows.setData(rows.index_of(7), "Outliers")
        assert not rows.setData(rows.index(0), "Heading")


def test_the_same_list_leaves_an_open_editor_alone(rows: ConversationRows, qtbot) -> None:
    with qtbot.assertNotEmitted(rows.modelReset), qtbot.assertNotEmitted(rows.dataChanged):
        assert not rows.set_rows(SECTIONS, 8)
    with qtbot.assertNotEmitted(rows.modelReset), qtbot.waitSignal(rows.dataChanged):
        assert rows.set_rows(SECTIONS, 7)
    with qtbot.waitSignal(rows.modelReset):
        rows.set_rows(SECTIONS[::-1], 7)


def test_a_screen_reader_says_what_is_seen(rows: ConversationRows) -> None:
    assert spoken(FIRST) == "Outliers, pinned, 15:25 · W4A8"
    assert rows.data(rows.index_of(8), Qt.ItemDataRole.AccessibleTextRole) == "Scales, a scale"
