"""The key of a chart."""

from __future__ import annotations

from tests.views.calculator import samples
from views.calculator.key import Key
from views.theme import LIGHT


def test_each_line_has_its_stroke_and_its_name(qtbot, theme) -> None:
    key = Key(theme)
    qtbot.addWidget(key)
    key.resize(400, key.height())
    key.set_series(samples.lines().series)
    assert key.accessibleName() == "All of it, Weights, KV cache"
    assert key.grab().toImage().pixelColor(10, key.height() // 2).name() == LIGHT.purpose("workspace")
