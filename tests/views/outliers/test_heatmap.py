from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.views.outliers.conftest import heat, with_hole
from views.frames.outliers import HeatFrame
from views.outliers.heatmap import HeatMap
from views.outliers.palettes import colour_table
from views.theme import Theme

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chart(theme: Theme, qtbot) -> HeatMap:
    result = HeatMap(theme, "Map", "Map")
    qtbot.addWidget(result)
    result.resize(400, 240)
    result.show()
    result.set_frame(heat())
    return result


def spot(chart: HeatMap, row: int, column: int) -> QPoint:
    """Where a cell lies in the whole map."""
    area = chart.area()
    return QPoint(
        int(area.left() + (column + 0.5) / 600 * area.width()),
        int(area.top() + (row + 0.5) / 4 * area.height()),
    )


def test_a_click_pins_the_strongest_channel_under_the_pixel(chart: HeatMap, qtbot) -> None:
    with qtbot.waitSignal(chart.pinned) as caught:
        QTest.mouseClick(chart, LEFT, pos=spot(chart, 2, 431))
    assert caught.args == [2, 431]


def test_the_pointer_is_read(chart: HeatMap) -> None:
    seen = []
    chart.hovered.connect(lambda row, column: seen.append((row, column)))
    QTest.mouseMove(chart, spot(chart, 2, 431))
    assert (2, 431) in seen
    assert chart.cell_at(1, 1) == (-1, -1)


def test_a_spike_of_one_channel_is_drawn(chart: HeatMap) -> None:
    image = chart.grab().toImage()
    high = QColor.fromRgb(colour_table("viridis", "#000000")[250])
    at = spot(chart, 2, 431)
    found = [image.pixelColor(x, at.y()) for x in range(at.x() - 2, at.x() + 3)]
    assert high in found


def test_what_is_pinned_is_not_hidden(chart: HeatMap) -> None:
    """Rails stand beside its column and a frame around its cell."""
    spikes = heat().codes.copy()
    spikes[:, 431] = 250
    chart.set_frame(heat(codes=spikes, pinned=(1, 431)))
    high = QColor.fromRgb(colour_table("viridis", "#000000")[250])
    for row in range(4):
        at, image = spot(chart, row, 431), chart.grab().toImage()
        beside = [image.pixelColor(at.x() + d, at.y()) for d in range(-6, 7)]
        assert high in beside
        assert beside.count(QColor("#ffffff")) == 2


def test_rows_lie_where_they_are_read(chart: HeatMap) -> None:
    """Every cell has its colour, rows cut by the edges too."""
    codes = (np.arange(40, dtype=np.uint8)[:, None] * 6).repeat(3, axis=1)
    chart.set_frame(HeatFrame("rows", codes, tuple("r" * 40)))
    wheel(chart, QPointF(chart.area().center()), Qt.KeyboardModifier.ControlModifier)
    start = chart.area().center()
    QTest.mousePress(chart, LEFT, pos=start)
    QTest.mouseMove(chart, start + QPoint(0, 7))
    assert chart.part()[1][0] % 1 > 0
    image, table = chart.grab().toImage(), colour_table("viridis", "#000000")
    rows = {y: chart.cell_at(start.x(), y)[0] for y in range(chart.area().top() + 1, chart.area().bottom())}
    inside = [y for y, row in rows.items() if rows.get(y - 1) == row == rows.get(y + 1)]
    assert len({rows[y] for y in inside}) > 4
    for y in inside:
        assert image.pixelColor(start.x(), y) == QColor.fromRgb(table[codes[rows[y], 0]]), (y, rows[y])


def test_what_is_not_finite_has_a_colour_of_its_own(chart: HeatMap, theme: Theme) -> None:
    chart.set_frame(with_hole())
    image, at = chart.grab().toImage(), spot(chart, 0, 5)
    assert QColor(theme.colours.danger) in [image.pixelColor(at.x() + d, at.y()) for d in (-2, -1, 0, 1, 2)]


def test_the_wheel_zooms_and_a_double_click_shows_all(chart: HeatMap) -> None:
    at = QPointF(spot(chart, 2, 431))
    for modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
        wheel(chart, at, modifiers)
    (first, last), (top, bottom) = chart.part()
    assert 0 < first < 431 < last < 600
    assert (top, bottom) == (0, 4)  # fewer than four rows are never shown
    chart.grab()
    QTest.mouseDClick(chart, LEFT, pos=spot(chart, 1, 100))
    assert chart.part() == ((0, 600), (0, 4))


def wheel(chart: HeatMap, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
    angle, none = QPoint(0, 600), Qt.MouseButton.NoButton
    event = QWheelEvent(at, at, QPoint(), angle, none, modifiers, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(chart, event)


def test_dragging_pans_and_shift_selects_a_range(chart: HeatMap, qtbot) -> None:
    chart.show_columns(100, 299)
    start = QPoint(chart.area().center())
    QTest.mousePress(chart, LEFT, pos=start)
    QTest.mouseMove(chart, start + QPoint(30, 0))
    QTest.mouseRelease(chart, LEFT, pos=start + QPoint(30, 0))
    assert chart.part()[0][0] < 100
    chart.show_all()
    with qtbot.waitSignal(chart.brushed) as caught:
        QTest.mousePress(chart, LEFT, Qt.KeyboardModifier.ShiftModifier, spot(chart, 1, 100))
        event_to = spot(chart, 1, 300)
        drag(chart, event_to, Qt.KeyboardModifier.ShiftModifier)
        QTest.mouseRelease(chart, LEFT, Qt.KeyboardModifier.ShiftModifier, event_to)
    assert caught.args == [pytest.approx(100, abs=3), pytest.approx(300, abs=3)]
    chart.grab()


def drag(chart: HeatMap, to: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(to), QPointF(to), LEFT, LEFT, modifiers)
    QApplication.sendEvent(chart, event)


def test_arrow_keys_move_what_is_pinned(chart: HeatMap, qtbot) -> None:
    chart.set_frame(heat(pinned=(2, 431)))
    for key, cell in ((Qt.Key.Key_Left, [2, 430]), (Qt.Key.Key_Down, [3, 431])):
        with qtbot.waitSignal(chart.pinned) as caught:
            QTest.keyClick(chart, key)
        assert caught.args == cell
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    assert chart.part()[0] != (0, 600)
    QTest.keyClick(chart, Qt.Key.Key_PageDown)
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.part()[0] == (0, 600)


def test_the_same_map_in_other_colours_keeps_its_part(chart: HeatMap) -> None:
    chart.show_columns(100, 199)
    chart.set_frame(heat(palette="magma"))
    assert chart.part()[0] == (100, 200)
    chart.set_frame(heat(key="b"))
    assert chart.part()[0] == (0, 600)


def test_rows_to_come_are_no_values(chart: HeatMap, theme: Theme) -> None:
    chart.set_frame(heat(blank_rows=2))
    image = chart.grab().toImage()
    assert image.pixelColor(spot(chart, 1, 300)) == QColor(theme.colours.surface)
    assert image.pixelColor(spot(chart, 2, 300)) != QColor(theme.colours.surface)
    assert chart.cell_at(spot(chart, 1, 300).x(), spot(chart, 1, 300).y()) == (-1, -1)
    assert chart.cell_at(spot(chart, 2, 431).x(), spot(chart, 2, 431).y()) == (2, 431)


def test_an_empty_map_says_what_to_do(chart: HeatMap) -> None:
    chart.set_frame(HeatFrame(empty="Capture something"))
    assert not np.array(chart.grab().toImage().isNull())
    assert chart.cell_at(200, 100) == (-1, -1)
