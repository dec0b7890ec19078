"""Chips name files and their tokens, and take them away."""

from __future__ import annotations

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
