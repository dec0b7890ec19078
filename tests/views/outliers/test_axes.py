from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QApplication

from views.outliers.axes import draw_titles, margins, name_width, ticks
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


def test_what_rows_and_columns_are_stands_in_the_margins(qapp: QApplication) -> None:
    left, below = margins(QFontMetrics(qapp.font()), ("1",))
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    area = image.rect().adjusted(left, 0, 0, -below)
    for axes, drawn in (
        (("layer", "channel"), [True, True]),
        (("layer", ""), [True, False]),
        (("", ""), [False] * 2),
    ):
        image.fill(QColor("white"))
        painter = QPainter(image)
        draw_titles(painter, area, axes)
        painter.end()
        assert not has_ink(image, area)
        sides = QRect(0, 0, left, area.height()), QRect(left, area.bottom() + 1, area.width(), below)
        assert [has_ink(image, side) for side in sides] == drawn


def has_ink(image: QImage, part: QRect) -> bool:
    cut = image.copy(part)
    return any(
        cut.pixelColor(x, y) != QColor("white") for x in range(cut.width()) for y in range(cut.height())
    )
