"""Tables, and terms that open down to their tensors."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from tests.views.calculator import samples
from views.calculator.table import Table
from views.frames.calculator import RowFrame, TableFrame


@pytest.fixture
def table(qtbot, theme) -> Table:
    result = Table(theme, "Every byte")
    qtbot.addWidget(result)
    result.resize(600, 300)
    result.show()
    return result


def test_inner_rows_follow_what_they_are_part_of(table: Table) -> None:
    table.set_frame(samples.every_byte())
    assert [row[0] for row in table.rows()] == ["Weights", "gate and up", "layers.0.gate_up", "KV cache"]
    tree = table.tree()
    assert tree.topLevelItemCount() == 2
    assert tree.topLevelItem(0).child(0).child(0).text(0) == "layers.0.gate_up"


def test_a_term_is_revealed(table: Table) -> None:
    table.set_frame(samples.every_byte())
    table.reveal("weights")
    assert table.tree().topLevelItem(0).isExpanded()
    assert table.tree().currentItem().text(0) == "Weights"


def test_new_figures_leave_open_what_is_open(table: Table) -> None:
    frame = samples.every_byte()
    table.set_frame(frame)
    table.reveal("weights")
    cells = ("Weights", "9 GiB", "9", "")
    table.set_frame(replace(frame, rows=(replace(frame.rows[0], cells=cells), *frame.rows[1:])))
    assert table.tree().topLevelItem(0).isExpanded()
    assert table.rows()[0] == cells
    table.set_frame(replace(frame, rows=frame.rows[:3]))
    assert table.tree().topLevelItem(0).isExpanded(), "even where rows come or go"


def test_a_row_is_chosen_by_enter_and_by_double_click(qtbot, table: Table) -> None:
    table.set_frame(samples.largest())
    tree = table.tree()
    tree.setFocus()
    tree.setCurrentItem(tree.topLevelItem(1))
    with qtbot.waitSignal(table.chosen) as told:
        qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert told.args == ["W8A8"]
    middle = tree.visualItemRect(tree.topLevelItem(2)).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    with qtbot.waitSignal(table.chosen) as told:
        qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert told.args == ["W4A8"]


def test_a_row_without_a_key_is_only_read(qtbot, table: Table) -> None:
    table.set_frame(TableFrame("", ("A",), (RowFrame(("a",)),)))
    table.tree().setCurrentItem(table.tree().topLevelItem(0))
    with qtbot.assertNotEmitted(table.chosen):
        qtbot.keyClick(table.tree(), Qt.Key.Key_Return)


def test_words_lie_left_and_figures_right(table: Table) -> None:
    table.set_frame(samples.largest())
    item = table.tree().topLevelItem(0)
    assert item.textAlignment(0) & Qt.AlignmentFlag.AlignLeft
    assert item.textAlignment(2) & Qt.AlignmentFlag.AlignRight


def test_title_and_note_are_there_when_there_is_something_to_say(table: Table) -> None:
    table.set_frame(replace(samples.largest(), note="Not exact."))
    texts = [label.text() for label in table.findChildren(QLabel) if not label.isHidden()]
    assert texts == ["Largest context that fits", "Not exact."]


def test_before_the_first_frame_it_names_no_column(qtbot, theme) -> None:
    table = Table(theme, "Rows")
    qtbot.addWidget(table)
    assert table.tree().isHeaderHidden()
