from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from tests.views.outliers.conftest import heat, with_hole
from views.outliers.colour_bar import ColourBar
from views.theme import Theme


@pytest.fixture
def bar(theme: Theme, qtbot) -> ColourBar:
    result = ColourBar(theme)
    qtbot.addWidget(result)
    result.resize(300, 44)
    result.show()
    result.set_frame(heat())
    return result


def test_handles_are_dragged_and_never_cross(bar: ColourBar) -> None:
    chosen: list[tuple[float, float]] = []
    bar.levels_chosen.connect(lambda low, high: chosen.append((low, high)))
    grip = bar.handle_at(1).toPoint()
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=grip)
    QTest.mouseMove(bar, QPoint(150, grip.y()))
    QTest.mouseMove(bar, QPoint(-50, grip.y()))
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(-50, grip.y()))
    assert chosen[0] == (0.0, pytest.approx(0.5, abs=0.02))
    assert chosen[-1] == (0.0, pytest.approx(0.02))


def test_keys_move_them_and_a_double_click_resets(bar: ColourBar, qtbot) -> None:
    bar.set_frame(heat(handles=(0.2, 0.8)))
    with qtbot.waitSignal(bar.levels_chosen) as caught:
        QTest.keyClick(bar, Qt.Key.Key_Right)
    assert caught.args == [pytest.approx(0.22), 0.8]
    with qtbot.waitSignal(bar.levels_chosen) as caught:
        QTest.keyClick(bar, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert caught.args == [0.2, pytest.approx(0.78)]
    with qtbot.waitSignal(bar.levels_chosen) as caught:
        QTest.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(100, 5))
    assert caught.args == [0, 1]
    assert not bar.grab().isNull()


def test_the_colour_of_what_is_not_finite_is_explained_where_there_is_any(
    bar: ColourBar, theme: Theme
) -> None:
    def reds() -> int:
        image = bar.grab().toImage()
        danger = QColor(theme.colours.danger)
        return sum(image.pixelColor(x, 28) == danger for x in range(image.width()))

    assert reds() == 0
    bar.set_frame(with_hole())
    assert reds() > 5
