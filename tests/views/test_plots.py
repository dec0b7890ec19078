"""What ends up on the screen: every spike, at its place and in its colour."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from views.figures import Callout
from views.plots import BarPlot
from views.theme import DARK, LIGHT

SIZE = (600, 240)


@pytest.fixture
def plot(qtbot, theme) -> BarPlot:
    result = BarPlot(theme, "Magnitudes", "One bar a channel", log=True)
    qtbot.addWidget(result)
    result.resize(*SIZE)
    result.show()
    return result


def pixel(plot: BarPlot, x: float, y: float) -> QPoint:
    """Where plot coordinates lie in the widget."""
    return plot.mapFromScene(plot.plotItem.vb.mapViewToScene(QPointF(x, y)))


def colours_near(image: QImage, point: QPoint, reach: int = 2) -> set[str]:
    around = range(-reach, reach + 1)
    return {image.pixelColor(point.x() + dx, point.y() + dy).name() for dx in around for dy in around}


@pytest.mark.parametrize("spike", [0, 1, 12345, 17771, 25599])
def test_no_spike_is_lost_among_thousands_of_channels(plot: BarPlot, spike: int) -> None:
    values = np.full(25600, 0.1, np.float32)
    values[spike] = 1000.0
    plot.set_bars(values, 0.01, 1e4)
    image = plot.grab().toImage()
    assert LIGHT.bar in colours_near(image, pixel(plot, spike, 2.0))  # 100, where only the spike reaches
    elsewhere = (spike + 12800) % 25600
    assert LIGHT.bar not in colours_near(image, pixel(plot, elsewhere, 2.0))


def test_smallest_bar_is_kept_where_low_is_bad(qtbot, theme) -> None:
    plot = BarPlot(theme, "Levels", "Levels", keep="min")
    qtbot.addWidget(plot)
    plot.resize(*SIZE)
    plot.show()
    values = np.full(25600, 10.0, np.float32)
    values[9000:9200] = 0.0
    plot.set_bars(values, 0.0, 15.0)
    assert LIGHT.bar not in colours_near(plot.grab().toImage(), pixel(plot, 9100, 5.0), reach=0)


def test_callouts_are_drawn_in_the_outlier_colour(plot: BarPlot) -> None:
    values = np.full(300, 0.1, np.float32)
    values[57] = 14.3
    plot.set_bars(values, 0.01, 1e3)
    plot.set_callouts([Callout(57, "ch 57"), Callout(900, "not there")])
    assert LIGHT.outlier in colours_near(plot.grab().toImage(), pixel(plot, 57, 0.5))


def test_line_lies_at_its_value(plot: BarPlot) -> None:
    plot.set_bars(np.full(10, 0.01, np.float32), 0.01, 1e3)
    plain = plot.grab().toImage()
    plot.set_line(10.0)
    lined = plot.grab().toImage()
    x = pixel(plot, 3, 1.0).x()
    changed = {y for y in range(SIZE[1]) for d in range(12) if plain.pixel(x + d, y) != lined.pixel(x + d, y)}
    assert changed
    assert all(abs(y - pixel(plot, 3, 1.0).y()) <= 1 for y in changed)
    plot.set_line(None)
    assert plot.grab().toImage() == plain


def test_hovering_reads_the_bar_under_the_pointer(plot: BarPlot, qtbot) -> None:
    values = np.full(25600, 0.1, np.float32)
    values[12345] = 1000.0
    plot.set_bars(values, 0.01, 1e4)
    with qtbot.waitSignal(plot.hovered, check_params_cb=lambda index: index == 12345):
        QTest.mouseMove(plot.viewport(), pixel(plot, 12345, 1.0))


def test_pointer_beyond_the_last_bar_reads_nothing(plot: BarPlot) -> None:
    plot.set_bars(np.full(8, 0.1, np.float32), 0.01, 1.0)
    assert plot.index_at(pixel(plot, 7, 0).x()) == 7
    assert plot.index_at(SIZE[0] + 500) == -1


def test_more_bars_widen_the_view_and_double_click_returns_to_all(plot: BarPlot, qtbot) -> None:
    for count in (64, 25600, 8):
        plot.set_bars(np.full(count, 0.1, np.float32), 0.01, 1.0)
        left, right = plot.plotItem.vb.viewRange()[0]
        assert left < 0
        assert right > count - 1
    plot.set_bars(np.full(1000, 0.1, np.float32), 0.01, 1.0)
    plot.plotItem.setXRange(100, 200)
    qtbot.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=pixel(plot, 150, -1))
    assert plot.plotItem.vb.viewRange()[0][1] > 999


def test_no_bars_is_an_empty_plot(plot: BarPlot) -> None:
    plot.set_bars(np.full(8, 0.1, np.float32), 0.01, 1.0)
    plot.set_bars(np.zeros(0, np.float32), 0.01, 1.0)
    assert plot.index_at(100) == -1
    assert LIGHT.bar not in colours_near(plot.grab().toImage(), pixel(plot, 0, -1.5))


def test_theme_change_repaints(plot: BarPlot, theme) -> None:
    plot.set_bars(np.full(8, 0.1, np.float32), 0.01, 1.0)
    theme.override(Qt.ColorScheme.Dark)
    image = plot.grab().toImage()
    assert DARK.bar in colours_near(image, pixel(plot, 3, -1.5))
    assert image.pixelColor(SIZE[0] - 2, 2).name() == DARK.surface
