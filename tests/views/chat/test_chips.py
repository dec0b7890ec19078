"""Chips name files and their tokens, and take them away."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from views.chat.chips import AttachmentChips
from views.frames import AttachmentFrame


def test_a_click_takes_a_file_away(qtbot, theme) -> None:
    assert theme
    chips = AttachmentChips()
    qtbot.addWidget(chips)
    chips.set_attachments((AttachmentFrame("a.txt", 1234), AttachmentFrame("b.txt")))
    assert chips.isVisible()
    first, second = [b for b in chips.findChildren(QPushButton) if b.isVisible()]
    assert (first.text(), second.text()) == ("a.txt · 1,234 tokens", "b.txt")
    with qtbot.waitSignal(chips.removed) as removed:
        qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    assert removed.args == [1]
    chips.set_attachments(())
    assert not chips.isVisible()


def test_chips_that_do_not_fit_beside_each_other_go_into_the_next_row_whole(qtbot, theme) -> None:
    assert theme
    chips = AttachmentChips()
    qtbot.addWidget(chips)
    chips.resize(400, 30)
    names = [
        "notes.txt",
        "a_name_that_is_much_too_long_for_a_chip_of_a_file_2026.txt",
        "c.md",
        "d.md",
        "e.md",
    ]
    chips.set_attachments(tuple(AttachmentFrame(name, 152) for name in names))
    buttons = [b for b in chips.findChildren(QPushButton) if b.isVisible()]
    assert buttons[1].text().endswith("2026.txt · 152 tokens")
    assert all(button.width() >= button.sizeHint().width() for button in buttons)
    assert all(chips.rect().contains(button.geometry()) for button in buttons)
    assert not any(a.geometry().intersects(b.geometry()) for a, b in pairwise(buttons))
    rows = chips.height()
    chips.resize(1200, rows)
    assert chips.height() < rows
