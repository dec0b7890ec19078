from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.views.microscope.samples import ruler
from views.frames.microscope import RulerFrame
from views.microscope.ruler import BlockRuler
from views.theme import Theme


@pytest.fixture
def shown(theme: Theme, qtbot: QtBot) -> BlockRuler:
    view = BlockRuler(theme)
    qtbot.addWidget(view)
    view.resize(600, 160)
    view.set_frame(ruler())
    view.show()
    return view


def test_values_lie_where_they_belong(shown: BlockRuler) -> None:
    assert shown.x_of(0) == 300
    assert shown.x_of(8) - shown.x_of(0) == pytest.approx(shown.x_of(0) - shown.x_of(-8))
    assert shown.x_of(-8) < shown.x_of(-1.5) < shown.x_of(0.2) < shown.x_of(8) < 600


def test_dragging_the_handle_moves_the_threshold(shown: BlockRuler, qtbot: QtBot) -> None:
    moved: list[float] = []
    shown.threshold_moved.connect(moved.append)
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(shown, left, pos=QPoint(round(shown.x_of(8)), 80))
    qtbot.mouseMove(shown, QPoint(round(shown.x_of(4)), 80))
    qtbot.mouseMove(shown, QPoint(round(shown.x_of(2)), 80))
    qtbot.mouseRelease(shown, left, pos=QPoint(round(shown.x_of(2)), 80))
    qtbot.mouseMove(shown, QPoint(300, 80))
    assert moved == pytest.approx([1.0, 0.5, 0.25], abs=0.01)


def test_both_handles_are_one(shown: BlockRuler, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.threshold_moved) as moved:
        qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(round(shown.x_of(-4)), 80))
    assert moved.args == pytest.approx([0.5], abs=0.01)


def test_the_keyboard_does_it_too(shown: BlockRuler, qtbot: QtBot) -> None:
    moved: list[float] = []
    shown.threshold_moved.connect(moved.append)
    qtbot.keyClick(shown, Qt.Key.Key_Left)
    qtbot.keyClick(shown, Qt.Key.Key_Right)
    qtbot.keyClick(shown, Qt.Key.Key_Home)
    assert moved == pytest.approx([1 / 1.03, 1.0, 1.0])


def test_what_cannot_be_moved_stays(shown: BlockRuler, qtbot: QtBot) -> None:
    moved: list[float] = []
    shown.threshold_moved.connect(moved.append)
    shown.set_frame(RulerFrame())
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(200, 80))
    assert moved == []
    assert not shown.grab().isNull()


def test_the_outlier_is_drawn_in_its_colour(shown: BlockRuler, theme: Theme) -> None:
    shown.set_frame(RulerFrame("", ruler().values, ruler().restored, ruler().grid, 8.0, None, None, 2))
    picture = shown.grab().toImage()
    x, wanted = round(shown.x_of(8)), theme.colours.outlier
    column = {picture.pixelColor(x, y).name() for y in range(shown.height())}
    assert wanted in column
