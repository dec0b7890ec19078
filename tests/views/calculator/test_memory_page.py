"""Charts and largest contexts side by side."""

from __future__ import annotations

from tests.views.calculator import samples
from views.calculator.memory_page import MemoryPage


def test_all_three_parts_are_filled(qtbot, theme) -> None:
    page = MemoryPage(theme)
    qtbot.addWidget(page)
    page.set_part("context", samples.lines())
    page.set_part("batch", samples.lines("Memory against batch"))
    page.set_part("largest", samples.largest())
    assert "now" in page.over_context.labels()
    assert "now" in page.over_batch.labels()
    assert page.largest.rows()[1][0] == "W8A8"
