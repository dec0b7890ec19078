from __future__ import annotations

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from views.outliers.axes import name_width, ticks
from views.outliers.span import Span


def test_places_to_label_are_round_and_few() -> None:
    assert ticks(Span(25_600), 8) == [0, 5000, 10000, 15000, 20000, 25000]
    assert ticks(Span(10), 20) == list(range(10))
    shown = ticks(Span(25_600).around(1000, 1100), 5)
    assert shown == [1000, 1020, 1040, 1060, 1080]


def test_names_get_the_room_they_need_up_to_a_limit(qapp: QApplication) -> None:
    metrics = QFontMetrics(qapp.font())
    assert name_width(metrics, ("1", "22")) < name_width(metrics, ("layer 22",))
    assert name_width(metrics, ("x" * 500,)) < 160
