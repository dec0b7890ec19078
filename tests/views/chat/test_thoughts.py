"""The fold says what it holds and how long it took."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from views.chat.style import TextStyle
from views.chat.thoughts import ThoughtFold, heading


@pytest.mark.parametrize(
    ("thinking", "duration_ms", "text"),
    [
        (True, None, "Thinking…"),
        (True, 2_300, "Thinking… 2.3 s"),
        (False, None, "Thoughts"),
        (False, 3_400, "Thought for 3.4 s"),
        (False, 45_400, "Thought for 45 s"),
        (False, 125_000, "Thought for 2 min 5 s"),
    ],
)
def test_it_says_how_long_it_took(thinking: bool, duration_ms: int | None, text: str) -> None:
    assert heading(thinking, duration_ms) == text


def test_it_opens_by_keyboard_and_lays_out_only_then(qtbot, theme) -> None:
    fold = ThoughtFold(TextStyle(theme))
    qtbot.addWidget(fold)
    fold.set_text("because **so**", thinking=False)
    fold.show()
    assert fold.body.text() == ""
    fold.button.setFocus()
    with qtbot.waitSignal(fold.height_changed):
        qtbot.keyClick(fold.button, Qt.Key.Key_Space)
    assert fold.body.isVisible()
    assert fold.body.text() == "because **so**"
