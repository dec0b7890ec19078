from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.views.microscope.samples import tensors
from views.microscope.tensors import TensorsPanel
from views.theme import Theme


@pytest.fixture
def shown(theme: Theme, qtbot: QtBot) -> TensorsPanel:
    panel = TensorsPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(340, 500)
    panel.set_frame(tensors())
    panel.show()
    return panel


def test_columns_sort_by_figures(shown: TensorsPanel) -> None:
    shown.table().sortItems(1, Qt.SortOrder.DescendingOrder)
    figures = [int(row[1]) for row in shown.rows()]
    assert figures == sorted(figures, reverse=True)
    shown.table().sortItems(0, Qt.SortOrder.AscendingOrder)
    assert [row[0] for row in shown.rows()][-2:] == ["11.down_proj", "11.q_proj"]


def test_a_click_on_a_row_dives_in(shown: TensorsPanel, qtbot: QtBot) -> None:
    table = shown.table()
    at = table.visualItemRect(table.item(3, 0)).center()
    with qtbot.waitSignal(shown.chosen) as chosen:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == ["layers.1.down_proj"]


def test_what_was_chosen_elsewhere_is_marked_and_not_chosen_again(shown: TensorsPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(shown.chosen):
        shown.set_frame(tensors(chosen="layers.4.q_proj"))
    assert shown.table().selectedItems()[0].text() == "4.q_proj"


def test_measuring_can_be_started_and_stopped(shown: TensorsPanel, qtbot: QtBot) -> None:
    measure, cancel = shown.buttons()
    with qtbot.waitSignal(shown.measure_requested):
        qtbot.mouseClick(measure, Qt.MouseButton.LeftButton)
    shown.set_frame(tensors(progress=0.4))
    assert measure.isHidden()
    with qtbot.waitSignal(shown.cancelled):
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    shown.set_frame(tensors())
    assert cancel.isHidden()
