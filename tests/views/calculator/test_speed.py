"""The speed page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from tests.views.calculator import samples
from views.calculator.speed import SpeedPage
from views.frames.calculator import Progress, SpeedFrame


@pytest.fixture
def page(qtbot, theme) -> SpeedPage:
    result = SpeedPage(theme)
    qtbot.addWidget(result)
    result.resize(900, 360)
    result.set_frame(samples.speed())
    result.show()
    return result


def test_it_says_what_binds_and_where_the_rates_come_from(page: SpeedPage) -> None:
    assert page.decode.text().startswith("Decode is bound by bytes")
    assert "Measured 31.0 ms" in page.decode.text()
    assert "catalogue" in page.source()
    assert page.choices.rows()[0][0] == "8-bit cache"


def test_measuring_is_asked_for_shown_and_cancelled(qtbot, page: SpeedPage) -> None:
    with qtbot.waitSignal(page.measure_requested):
        qtbot.mouseClick(page.measure_button(), Qt.MouseButton.LeftButton)
    page.set_frame(replace(samples.speed(), progress=Progress("Bandwidth", 2, 10)))
    assert page.measure_button().isHidden()
    with qtbot.waitSignal(page.measure_cancelled):
        qtbot.mouseClick(page.cancel_button(), Qt.MouseButton.LeftButton)
    page.set_frame(samples.speed())
    assert not page.measure_button().isHidden()


def test_without_rates_there_is_no_roofline(page: SpeedPage) -> None:
    page.set_frame(SpeedFrame(source="Nothing is known of this adapter."))
    assert not page.measure_button().isEnabled()
    assert page._chart.isHidden()
