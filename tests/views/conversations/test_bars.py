"""What is below the list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QPushButton

from tests.views.controls import named
from views.conversations.bars import UndoBar, WorkBar
from views.frames.conversations import WorkFrame


def test_how_far_it_is_can_be_seen_heard_and_cancelled(qtbot) -> None:
    bar = WorkBar()
    qtbot.addWidget(bar)
    assert bar.isHidden()
    bar.set_frame(WorkFrame("Importing talks.json", 0.25))
    bar.show()
    progress = named(bar, QProgressBar, "Importing talks.json")
    assert progress.value() / progress.maximum() == 0.25
    with qtbot.waitSignal(bar.cancelled):
        qtbot.mouseClick(named(bar, QPushButton, "Cancel"), Qt.MouseButton.LeftButton)
    bar.set_frame(None)
    assert bar.isHidden()


def test_an_undo_is_hidden_while_there_is_nothing_to_undo(qtbot) -> None:
    bar = UndoBar()
    qtbot.addWidget(bar)
    bar.set_text("Deleted “Old”")
    assert (bar.isHidden(), bar.accessibleName()) == (False, "Deleted “Old”")
    bar.set_text("")
    assert bar.isHidden()
