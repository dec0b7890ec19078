"""The damage panel says in words and bars what rounding cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QComboBox

from tests.views import samples
from tests.views.controls import named, pick
from views.damage import DamagePanel, totals_sentence, worst_sentence
from views.frames import DamageFrame
from views.plots import BarPlot
from views.theme import LIGHT

FRAME = replace(samples.damage(), worst_block=3, worst_channel=104)


@pytest.fixture
def panel(qtbot, theme) -> DamagePanel:
    result = DamagePanel(theme)
    qtbot.addWidget(result)
    result.resize(560, 360)
    result.show()
    return result


def test_totals_are_a_sentence() -> None:
    frame = replace(FRAME, granularity="token", median_levels=1.23, total_sqnr_db=3.14)
    assert totals_sentence(frame) == (
        "int4, one scale per token: 1.2 of 15 levels left for the median block; SQNR 3.1 dB"
    )


def test_worst_block_is_told_with_its_channels() -> None:
    scales, levels, sqnr = (np.full(32, value, np.float32) for value in (2.0, 1.1, -0.4))
    frame = replace(FRAME, scales=scales, levels=levels, sqnr_db=sqnr)
    assert worst_sentence(frame) == (
        "Worst: block 3 (channels 96–127): scale 2, 1.1 levels, -0.4 dB, stretched by channel 104"
    )
    assert worst_sentence(replace(frame, worst_channel=None)).endswith("-0.4 dB")
    assert worst_sentence(replace(frame, worst_block=None)) == ""


def test_before_the_first_token_there_is_nothing_to_say(panel: DamagePanel) -> None:
    panel.set_frame(DamageFrame(formats=samples.FORMATS, format="int4", worst_block=3))
    assert (panel.totals(), panel.worst()) == ("", "")
    assert not any(plot.isVisible() for plot in panel.findChildren(BarPlot))


def test_frame_is_shown(panel: DamagePanel) -> None:
    panel.set_frame(FRAME)
    assert panel.totals() == totals_sentence(FRAME)
    assert panel.worst() == worst_sentence(FRAME)
    assert all(plot.isVisible() for plot in panel.findChildren(BarPlot))


def test_worst_block_is_marked_in_every_chart(panel: DamagePanel) -> None:
    panel.set_frame(FRAME)
    for plot in panel.findChildren(BarPlot):
        image = plot.grab().toImage()
        x = plot.mapFromScene(plot.plotItem.vb.mapViewToScene(QPointF(3, 0))).x()
        column = {image.pixelColor(x + d, y).name() for d in (-1, 0, 1) for y in range(image.height())}
        assert LIGHT.outlier in column


def test_charts_zoom_together(panel: DamagePanel) -> None:
    panel.set_frame(FRAME)
    scales, levels, sqnr = panel.findChildren(BarPlot)
    levels.plotItem.setXRange(4, 12, padding=0)
    assert scales.plotItem.vb.viewRange()[0] == pytest.approx([4, 12], abs=0.5)
    assert sqnr.plotItem.vb.viewRange()[0] == pytest.approx([4, 12], abs=0.5)


def test_hovering_any_chart_reads_the_block(panel: DamagePanel) -> None:
    panel.set_frame(FRAME)
    for plot in panel.findChildren(BarPlot):
        plot.hovered.emit(5)
        assert panel.readout().startswith("block 5 (channels 160–191)")
        plot.hovered.emit(-1)
        assert panel.readout() == ""


def test_format_and_granularity_are_picked(panel: DamagePanel, qtbot) -> None:
    panel.set_frame(FRAME)
    with qtbot.waitSignal(panel.format_chosen) as bits:
        pick(qtbot, named(panel, QComboBox, "Format"), "int8")
    with qtbot.waitSignal(panel.granularity_chosen) as granularity:
        pick(qtbot, named(panel, QComboBox, "Granularity"), "one scale per 64")
    assert (bits.args, granularity.args) == (["int8"], ["b64"])


def test_another_number_of_blocks_is_shown_whole(panel: DamagePanel) -> None:
    panel.set_frame(FRAME)
    panel.set_frame(samples.damage(25600, 16))
    for plot in panel.findChildren(BarPlot):
        assert plot.plotItem.vb.viewRange()[0][1] > 1599


def test_one_block_and_negative_noise_can_be_drawn(panel: DamagePanel) -> None:
    one = np.array([0.0], np.float32)
    panel.set_frame(DamageFrame(scales=one, levels=one, sqnr_db=one - 6, max_levels=15, worst_block=0))
    assert not panel.grab().isNull()


def test_the_room_of_the_charts_is_kept_before_they_are_built(panel: DamagePanel) -> None:
    asked = panel.minimumSizeHint()
    panel.prepare()
    assert len(panel.findChildren(BarPlot)) == 3
    assert panel.minimumSizeHint() == asked
