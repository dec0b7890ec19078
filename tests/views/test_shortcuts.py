"""The table of keys is complete and closes by key."""

from __future__ import annotations

from PySide6.QtCore import Qt

from views.shortcuts import ShortcutsDialog


def test_every_shortcut_is_a_row(qtbot) -> None:
    dialog = ShortcutsDialog([("Enter", "Send"), ("Escape", "Stop")])
    qtbot.addWidget(dialog)
    table = dialog.table
    texts = [[table.item(row, column).text() for column in (0, 1)] for row in range(table.rowCount())]
    assert texts == [["Enter", "Send"], ["Escape", "Stop"]]


def test_escape_closes_it(qtbot) -> None:
    dialog = ShortcutsDialog([("Enter", "Send")])
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
