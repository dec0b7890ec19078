"""Charts of memory and the roofline."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from tests.views.calculator import samples
from views.calculator.lines import LinesChart, binary, metric
from views.frames.calculator import LinesFrame


@pytest.fixture
def chart(qtbot, theme) -> LinesChart:
    result = LinesChart(theme, "Memory against context")
    qtbot.addWidget(result)
    result.resize(420, 320)
    result.show()
    return result


def test_limits_and_points_are_labelled(chart: LinesChart) -> None:
    chart.set_frame(samples.lines())
    assert set(chart.labels()) == {"RTX 3060", "cache overtakes weights at 33,863", "now"}
    chart.set_frame(LinesFrame("Nothing", np.zeros(0), "", ""))
    assert chart.labels() == []


def test_labels_stay_inside_the_plot(chart: LinesChart) -> None:
    chart.set_frame(samples.lines())
    chart.grab()
    view = chart._plot.plotItem.vb.sceneBoundingRect().adjusted(-3, -3, 3, 3)
    for item in chart._texts:
        box = item.mapRectToScene(item.boundingRect())
        assert view.left() <= box.left()
        assert box.right() <= view.right()


def test_what_matters_is_in_view_and_the_rest_may_leave_at_the_top(chart: LinesChart) -> None:
    chart.set_frame(samples.lines())
    low, high = chart._plot.plotItem.vb.viewRange()[1]
    assert low == 0
    assert 12 < high < samples.lines().series[0].values.max()


def test_the_pointer_reads_values_off(chart: LinesChart) -> None:
    chart.set_frame(samples.lines())
    chart.grab()
    middle = chart._plot.plotItem.vb.sceneBoundingRect().center()
    chart._plot.scene().sigMouseMoved.emit(middle)
    tip = chart._plot.toolTip()
    assert tip.startswith("context, tokens: ")
    assert "Weights: 4.65 GiB" in tip


def test_a_roofline_is_logarithmic_both_ways(qtbot, theme) -> None:
    chart = LinesChart(theme, "Roofline", log_values=True)
    qtbot.addWidget(chart)
    chart.set_frame(samples.speed().chart)
    assert set(chart.labels()) == {"decode", "prefill"}
    low, high = chart._plot.plotItem.vb.viewRange()[1]
    assert 11 < low < high < 15


def test_both_themes_draw(chart: LinesChart, theme) -> None:
    chart.set_frame(samples.lines())
    paper = chart.grab().toImage().pixelColor(QPoint(200, 250))
    theme.override(Qt.ColorScheme.Dark)
    assert chart.grab().toImage().pixelColor(QPoint(200, 250)) != paper


def test_axes_read_as_people_write() -> None:
    assert [binary(x) for x in (512, 4096, 2**20)] == ["512", "4k", "1M"]
    assert [metric(x) for x in (0.1, 100, 1e3, 1e9, 1e14)] == ["0.1", "100", "1k", "1G", "100T"]
