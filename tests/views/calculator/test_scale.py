"""Amounts along the foot of the bar."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from views.calculator.scale import draw_scale, ticks
from views.theme import LIGHT

GIB = 2**30


@pytest.mark.parametrize(
    ("scale", "width", "names"),
    [
        (12.7 * GIB, 900, ["0", "2 GiB", "4 GiB", "6 GiB", "8 GiB", "10 GiB", "12 GiB"]),
        (700 * 2**20, 400, ["0", "256 MiB", "512 MiB"]),
        (8 * GIB, 100, ["0", "8 GiB"]),
        (3, 900, ["0", "1 B", "2 B", "3 B"]),
    ],
)
def test_ticks_are_round_and_far_enough_apart(scale: float, width: float, names: list[str]) -> None:
    assert [name for _, name in ticks(round(scale), width)] == names


def test_a_tick_stands_at_its_amount() -> None:
    assert [size for size, _ in ticks(4 * GIB, 400)] == [0, GIB, 2 * GIB, 3 * GIB, 4 * GIB]


def test_ticks_are_drawn_below_the_band_and_their_names_below_them(theme) -> None:
    assert theme
    image = QImage(420, 80, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    draw_scale(painter, QRectF(10, 10, 400, 20), 4 * GIB, LIGHT)
    painter.end()
    inked = [x for x in range(420) if image.pixelColor(x, 33).name() == LIGHT.muted]
    assert inked == [10, 110, 210, 310], "the name of the last would be cut off"
    assert any(image.pixelColor(x, y) != QColor("white") for x in range(90, 130) for y in range(36, 52))
