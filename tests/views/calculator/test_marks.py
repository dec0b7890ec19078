"""Cards over the bar."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from views.calculator.marks import draw_marks, label_rows, mood_colour, row_height
from views.frames.calculator import MarkFrame
from views.theme import LIGHT


def test_labels_that_would_touch_take_two_rows() -> None:
    assert label_rows([(0, 50), (40, 90), (200, 240)]) == [0, 1, 0]
    assert label_rows([(0, 50), (40, 90), (45, 95)]) == [0, 1, 1], "there are two rows and no more"
    assert label_rows([]) == []


def test_a_mood_has_its_ink() -> None:
    assert mood_colour(LIGHT, "bad").name() == LIGHT.danger
    assert mood_colour(LIGHT, "neutral").name() == LIGHT.muted


def inked(image: QImage, rect: QRect) -> bool:
    """Whether anything is drawn there."""
    return any(
        image.pixelColor(x, y) != QColor("white")
        for x in range(rect.left(), rect.right() + 1)
        for y in range(rect.top(), rect.bottom() + 1)
    )


def test_a_card_is_a_line_through_the_band_with_its_name_above(theme) -> None:
    assert theme
    image = QImage(300, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    band = QRectF(10, 50, 280, 40)
    draw_marks(painter, band, [(290.0, MarkFrame("RTX", 1, mood="bad"))], LIGHT)
    width, height = painter.fontMetrics().horizontalAdvance("RTX"), row_height(painter.fontMetrics())
    painter.end()
    assert image.pixelColor(289, 70).name() == LIGHT.danger
    name = QRect(289 - width, 46 - height, width - 2, height - 2)
    assert inked(image, name)
    assert not inked(image, QRect(10, 0, 270 - width, 100))
