"""The table of keys is complete and closes by key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from views.shortcuts import WITHOUT_ACTION, ShortcutsDialog, keys_of


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


def test_a_key_is_told_with_its_others_and_what_has_none_is_left_out(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    larger, reset = QAction("&Larger", window), QAction("Reset", window)
    larger.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
    assert keys_of([larger, reset]) == [("Ctrl++, Ctrl+=", "Larger"), *WITHOUT_ACTION]


def test_nothing_is_cut_off_and_it_fits_the_screen(qtbot) -> None:
    dialog = ShortcutsDialog([("Ctrl+K", "word " * 12)] * 200)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.table.columnWidth(1) >= dialog.fontMetrics().horizontalAdvance("word " * 12)
    assert dialog.height() <= dialog.screen().availableSize().height()
