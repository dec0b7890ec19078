"""The calculator's widgets put together."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit

from tests.views.calculator import samples
from views.calculator import CalculatorPanel
from views.calculator.table import Table
from views.theme import Theme


@pytest.fixture
def panel(qtbot, theme) -> CalculatorPanel:
    result = CalculatorPanel(theme)
    qtbot.addWidget(result)
    result.resize(1240, 620)
    samples.fill(result)
    result.show()
    return result


def test_a_click_on_a_piece_opens_its_formula(qtbot, panel: CalculatorPanel) -> None:
    panel.page_turned.connect(lambda _: samples.fill(panel))
    middle = next(rect for segment, rect in panel.bar.pieces() if segment.key == "kv_cache").center()
    qtbot.mouseClick(panel.bar, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    table = panel.page(Table, "bytes")
    assert panel.pages.key == "bytes"
    assert table.tree().currentItem().text(0) == "KV cache"


def test_what_is_done_anywhere_is_told_by_the_panel(qtbot, panel: CalculatorPanel) -> None:
    with qtbot.waitSignal(panel.edited) as told:
        qtbot.keyClicks(panel.form.field("batch").control(), "6")
    assert told.args == ["batch", "16"]
    with qtbot.waitSignal(panel.locked):
        qtbot.mouseClick(panel.form.field("batch").lock(), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.edge_stepped):
        qtbot.keyClick(panel.bar.edge("weights"), Qt.Key.Key_Right)
    edge = panel.bar.edge("weights")
    with qtbot.waitSignals([panel.edge_dragged, panel.drag_ended]):
        qtbot.mousePress(edge, Qt.MouseButton.LeftButton, pos=QPoint(7, 20))
        qtbot.mouseMove(edge, QPoint(40, 20))
        qtbot.mouseRelease(edge, Qt.MouseButton.LeftButton)


def test_copying_says_so(panel: CalculatorPanel) -> None:
    panel.copy("every byte")
    assert QApplication.clipboard().text() == "every byte"
    assert panel.verdict.copy_button().text() == "Copied"


def test_a_way_is_taken_and_a_row_is_chosen(qtbot, panel: CalculatorPanel) -> None:
    samples.fill(panel, short=True)
    with qtbot.waitSignal(panel.way_chosen) as told:
        qtbot.mouseClick(panel.ways.buttons()[0], Qt.MouseButton.LeftButton)
    assert told.args == ["0"]


def test_the_bar_stays_where_it_is_when_ways_come_and_go(panel: CalculatorPanel) -> None:
    before = panel.bar.y()
    samples.fill(panel, short=True)
    QApplication.processEvents()
    assert panel.ways.isVisible()
    assert panel.bar.y() == before


def test_every_control_has_a_name_and_takes_the_keyboard(panel: CalculatorPanel) -> None:
    controls = [*panel.findChildren(QAbstractButton), *panel.findChildren(QLineEdit)]
    shown = [control for control in controls if control.isVisible() and control.isEnabled()]
    assert [type(c).__name__ for c in shown if not c.accessibleName()] == []
    assert [c.accessibleName() for c in shown if not c.focusPolicy() & Qt.FocusPolicy.TabFocus] == []


def test_larger_text_takes_its_room_from_the_page_below(qtbot, panel: CalculatorPanel, theme: Theme) -> None:
    theme.set_scale(1.5)
    for part in (panel.bar, panel.legend):
        qtbot.waitUntil(lambda part=part: part.height() >= part.sizeHint().height())
