"""Cards over the bar."""

from __future__ import annotations

from views.calculator.marks import label_rows, mood_colour
from views.theme import LIGHT


def test_labels_that_would_touch_take_two_rows() -> None:
    assert label_rows([(0, 50), (40, 90), (200, 240)]) == [0, 1, 0]
    assert label_rows([(0, 50), (40, 90), (45, 95)]) == [0, 1, 1], "there are two rows and no more"
    assert label_rows([]) == []


def test_a_mood_has_its_ink() -> None:
    assert mood_colour(LIGHT, "bad").name() == LIGHT.danger
    assert mood_colour(LIGHT, "neutral").name() == LIGHT.muted
