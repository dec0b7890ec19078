"""Every wish about a message leaves the panel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect

from views.chat import ChatPanel
from views.chat.transcript import Transcript


@pytest.mark.parametrize(
    ("wish", "signal", "arguments"),
    [
        ("edit", "edit_requested", [3, "new"]),
        ("regenerate", "regenerate_requested", [3]),
        ("continue_", "continue_requested", [3]),
        ("fork", "fork_requested", [3]),
        ("delete", "delete_requested", [3]),
        ("sibling", "sibling_requested", [3, -1]),
        ("tokens", "tokens_toggled", [3, True]),
        ("token_opened", "token_opened", [3, 5, QRect(1, 2, 3, 4)]),
        ("word_opened", "word_opened", [3, 5, QRect(1, 2, 3, 4)]),
        ("reference", "reference_chosen", ["W16A16"]),
    ],
)
def test_wishes_are_passed_on(qtbot, theme, wish: str, signal: str, arguments: list) -> None:
    panel = ChatPanel(theme)
    qtbot.addWidget(panel)
    with qtbot.waitSignal(getattr(panel, signal)) as told:
        getattr(panel.findChild(Transcript).wishes, wish).emit(*arguments)
    assert told.args == arguments
