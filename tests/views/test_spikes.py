"""The spikes panel names the outliers, draws them, and reports what the person picks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSpinBox, QToolButton

from tests.views import samples
from tests.views.controls import named, pick
from views.frames import SpikesFrame
from views.plots import BarPlot
from views.spikes import OutlierTable, SpikesPanel, ratio_text
from views.theme import Theme


@pytest.fixture
def panel(qtbot, theme) -> SpikesPanel:
    result = SpikesPanel(theme)
    qtbot.addWidget(result)
    result.resize(560, 320)
    result.show()
    return result


def test_planted_channels_head_the_list(panel: SpikesPanel) -> None:
    panel.set_frame(samples.spikes(5120, {57: 143.0, 4096: 5000.0, 801: 90.0}))
    assert [row[0] for row in panel.outlier_rows()[:3]] == ["4096", "57", "801"]


def test_rows_read_channel_magnitude_and_ratio(panel: SpikesPanel) -> None:
    frame = samples.spikes()
    panel.set_frame(frame)
    first = frame.outliers[0]
    assert panel.outlier_rows()[0] == ("57", "14", ratio_text(first.ratio))
    assert len(panel.outlier_rows()) == len(frame.outliers)


def test_fewer_outliers_shorten_the_list(panel: SpikesPanel) -> None:
    frame = samples.spikes()
    panel.set_frame(frame)
    panel.set_frame(replace(frame, outliers=frame.outliers[:2]))
    assert len(panel.outlier_rows()) == 2


def test_list_is_read_by_keyboard(panel: SpikesPanel, qtbot) -> None:
    panel.set_frame(samples.spikes())
    table = panel.findChild(OutlierTable)
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert panel.readout().startswith("ch 402 · 8.8")
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert panel.readout().startswith("ch 410")


def test_selection_outlives_the_next_frame(panel: SpikesPanel, qtbot) -> None:
    panel.set_frame(samples.spikes())
    table = panel.findChild(OutlierTable)
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    panel.set_frame(replace(samples.spikes(), tokens=413))
    assert panel.readout().startswith("ch 402")


def test_hovering_reads_a_channel_and_leaving_returns_to_the_selection(panel: SpikesPanel) -> None:
    panel.set_frame(samples.spikes())
    plot = panel.findChild(BarPlot)
    plot.hovered.emit(57)
    assert panel.readout() == "ch 57 · 14.3 · 150×"
    plot.hovered.emit(-1)
    assert panel.readout() == ""


def test_pickers_show_the_frame_without_reporting_it(panel: SpikesPanel) -> None:
    reported = []
    for signal in (panel.kind_chosen, panel.layer_chosen, panel.statistic_chosen, panel.live_toggled):
        signal.connect(lambda *_: reported.append(1))
    panel.set_frame(replace(samples.spikes(), live=False))
    assert reported == []
    assert named(panel, QComboBox, "Site").currentText() == "MLP out (down_proj)"
    assert named(panel, QSpinBox, "Layer").text() == "layer 12 / 27"


def test_site_and_statistic_are_picked(panel: SpikesPanel, qtbot) -> None:
    panel.set_frame(samples.spikes())
    with qtbot.waitSignal(panel.kind_chosen) as kind:
        pick(qtbot, named(panel, QComboBox, "Site"), "Residual stream")
    with qtbot.waitSignal(panel.statistic_chosen) as statistic:
        pick(qtbot, named(panel, QComboBox, "Statistic"), "RMS")
    assert (kind.args, statistic.args) == (["residual"], ["rms"])


def test_layer_is_walked_by_arrow_keys_and_ends_at_the_last(panel: SpikesPanel, qtbot) -> None:
    panel.set_frame(replace(samples.spikes(), layer=26))
    box = named(panel, QSpinBox, "Layer")
    with qtbot.waitSignal(panel.layer_chosen) as chosen:
        QTest.keyClick(box, Qt.Key.Key_Up)
    assert chosen.args == [27]
    with qtbot.assertNotEmitted(panel.layer_chosen):
        QTest.keyClick(box, Qt.Key.Key_Up)


def test_a_site_without_layers_disables_the_layer(panel: SpikesPanel) -> None:
    panel.set_frame(replace(samples.spikes(), kind="lm_head", layer=None))
    assert not named(panel, QSpinBox, "Layer").isEnabled()


def test_live_is_switched(panel: SpikesPanel, qtbot) -> None:
    panel.set_frame(samples.spikes())
    with qtbot.waitSignal(panel.live_toggled) as toggled:
        qtbot.mouseClick(named(panel, QToolButton, "Live"), Qt.MouseButton.LeftButton)
    assert toggled.args == [False]


def test_before_the_first_token_it_says_what_will_appear(panel: SpikesPanel) -> None:
    panel.set_frame(SpikesFrame(site="layers.0"))
    assert panel.findChild(BarPlot) is None
    panel.set_frame(samples.spikes())
    assert panel.findChild(BarPlot).isVisible()


@pytest.mark.parametrize("values", [np.zeros(64, np.float32), np.full(1, 3.0, np.float32)])
def test_values_without_a_median_or_a_second_channel(panel: SpikesPanel, values: np.ndarray) -> None:
    panel.set_frame(SpikesFrame(values=values, median=0.0))
    panel.findChild(BarPlot).hovered.emit(0)
    assert panel.readout() == f"ch 0 · {values[0]:.4g}"
    assert not panel.grab().isNull()


def test_the_room_of_the_chart_is_kept_before_it_is_built(panel: SpikesPanel) -> None:
    asked = panel.minimumSizeHint()
    panel.prepare()
    assert panel.findChild(BarPlot) is not None
    assert panel.minimumSizeHint() == asked


def test_at_larger_text_headings_and_the_statistic_are_read_whole(
    panel: SpikesPanel, theme: Theme, qtbot
) -> None:
    panel.set_frame(samples.spikes())
    panel.resize(424, 300)
    theme.set_scale(1.3)
    table, statistic = panel.findChild(OutlierTable), named(panel, QComboBox, "Statistic")
    needed = table.fontMetrics().horizontalAdvance("channel")
    qtbot.waitUntil(lambda: table.columnWidth(0) > needed)
    qtbot.waitUntil(lambda: statistic.width() >= statistic.sizeHint().width())
