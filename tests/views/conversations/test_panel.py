"""The list as a person uses it: clicks, keys, the menu, the search field and the undo."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLineEdit, QListView, QPushButton, QToolButton

from tests.views.controls import named
from views.conversations import ConversationsPanel
from views.conversations.panel import JSON, MARKDOWN
from views.frames.conversations import ConversationRow, ConversationSection, ConversationsFrame

FRAME = ConversationsFrame(
    (
        ConversationSection("Pinned", (ConversationRow(7, "Outliers", "15:25", pinned=True),)),
        ConversationSection("Today", (ConversationRow(8, "Scales", "15:20"), ConversationRow(9, "Clips"))),
    ),
    current=8,
)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot, theme) -> ConversationsPanel:
    result = ConversationsPanel(theme)
    qtbot.addWidget(result)
    result.resize(220, 400)
    with qtbot.waitActive(result):
        result.show()
    result.set_frame(FRAME)
    return result


def view(panel: ConversationsPanel) -> QListView:
    return named(panel, QListView, "Conversations")


def place(panel: ConversationsPanel, row: int) -> QPoint:
    rectangle: QRect = view(panel).visualRect(view(panel).model().index(row, 0))
    return rectangle.center()


def choose(panel: ConversationsPanel, row: int) -> None:
    view(panel).setFocus()
    view(panel).setCurrentIndex(view(panel).model().index(row, 0))


def test_a_click_opens(panel: ConversationsPanel, qtbot) -> None:
    with qtbot.waitSignal(panel.opened) as opened:
        qtbot.mouseClick(view(panel).viewport(), LEFT, pos=place(panel, 4))
    assert opened.args == [9]
    with qtbot.assertNotEmitted(panel.opened):
        qtbot.mouseClick(view(panel).viewport(), LEFT, pos=place(panel, 0))


def test_arrows_walk_and_enter_opens(panel: ConversationsPanel, qtbot) -> None:
    choose(panel, 1)
    with qtbot.assertNotEmitted(panel.opened):
        qtbot.keyClick(view(panel), Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.opened) as opened:
        qtbot.keyClick(view(panel), Qt.Key.Key_Return)
    assert opened.args == [8]


def test_a_title_is_renamed_in_place(panel: ConversationsPanel, qtbot) -> None:
    choose(panel, 4)
    qtbot.keyClick(view(panel), Qt.Key.Key_F2)
    editor = named(panel, QLineEdit, "Title of the conversation")
    editor.selectAll()
    qtbot.keyClicks(editor, "Thresholds")
    with qtbot.assertNotEmitted(panel.opened), qtbot.waitSignal(panel.renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == [9, "Thresholds"]


def test_the_keyboard_stays_beside_a_row_that_is_gone_and_else_follows_what_is_on_show(
    panel: ConversationsPanel,
) -> None:
    choose(panel, 4)
    titles = [row.title for section in FRAME.sections for row in section.rows]
    rest = tuple(
        replace(section, rows=tuple(row for row in section.rows if row.key != 9))
        for section in FRAME.sections
    )
    panel.set_frame(ConversationsFrame(rest, current=7))
    assert view(panel).currentIndex().data() == titles[1]
    view(panel).clearFocus()
    panel.set_frame(ConversationsFrame(FRAME.sections, current=9))
    assert view(panel).currentIndex().data() == titles[2]


def test_keys_delete_pin_and_bring_back(panel: ConversationsPanel, qtbot) -> None:
    choose(panel, 3)
    with qtbot.waitSignal(panel.delete_requested) as deleted:
        qtbot.keyClick(view(panel), Qt.Key.Key_Delete)
    with qtbot.waitSignal(panel.pin_toggled) as pinned:
        qtbot.keyClick(view(panel), Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(panel.undo_requested):
        qtbot.keyClick(view(panel), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (deleted.args, pinned.args) == ([8], [8])


def test_the_menu_holds_what_can_be_done(panel: ConversationsPanel, qtbot) -> None:
    menu = panel.menu_for(FRAME.sections[0].rows[0])
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == [
        "Open",
        "Rename",
        "Unpin",
        "Export as Markdown…",
        "Export as JSON…",
        "Delete",
    ]
    for text, form in (("Export as Markdown…", MARKDOWN), ("Export as JSON…", JSON)):
        with qtbot.waitSignal(panel.export_requested) as exported:
            actions[text].trigger()
        assert exported.args == [7, form]
    for text, signal in (
        ("Open", panel.opened),
        ("Unpin", panel.pin_toggled),
        ("Delete", panel.delete_requested),
    ):
        with qtbot.waitSignal(signal) as told:
            actions[text].trigger()
        assert told.args == [7]


def test_import_and_export_of_all_are_behind_a_button(panel: ConversationsPanel, qtbot) -> None:
    bring_in, bring_out = named(panel, QToolButton, "Import and export").menu().actions()
    with qtbot.waitSignal(panel.import_requested):
        bring_in.trigger()
    with qtbot.waitSignal(panel.export_all_requested):
        bring_out.trigger()


def test_what_is_typed_is_searched_and_the_first_is_opened(panel: ConversationsPanel, qtbot) -> None:
    field = named(panel, QLineEdit, "Search the conversations")
    qtbot.keyClick(
        panel, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert field.hasFocus()
    with qtbot.waitSignal(panel.search_changed) as searched:
        qtbot.keyClicks(field, "o")
    assert searched.args == ["o"]
    with qtbot.waitSignal(panel.opened) as opened:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert opened.args == [7]
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert view(panel).hasFocus()
    field.setFocus()
    with qtbot.waitSignal(panel.search_changed) as cleared:
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert cleared.args == [""]


def test_a_new_conversation_is_one_click_away(panel: ConversationsPanel, qtbot) -> None:
    with qtbot.waitSignal(panel.new_requested):
        qtbot.mouseClick(named(panel, QToolButton, "Start a new conversation (Ctrl+N)"), LEFT)


def test_an_undo_is_offered_as_long_as_there_is_something_to_undo(panel: ConversationsPanel, qtbot) -> None:
    undo = named(panel, QPushButton, "Undo")
    assert not undo.isVisible()
    panel.set_frame(ConversationsFrame(FRAME.sections, 8, undo="Deleted “Old”"))
    assert undo.isVisible()
    with qtbot.waitSignal(panel.undo_requested):
        qtbot.mouseClick(undo, LEFT)


def test_an_empty_list_says_why(panel: ConversationsPanel) -> None:
    panel.set_frame(ConversationsFrame(note="Nothing here yet"))
    assert not view(panel).isVisible()
    panel.set_frame(FRAME)
    assert view(panel).isVisible()


def test_the_chosen_row_survives_a_new_list(panel: ConversationsPanel) -> None:
    choose(panel, 4)
    panel.set_frame(ConversationsFrame(FRAME.sections[1:], current=8))
    assert view(panel).currentIndex().data() == "Clips"
